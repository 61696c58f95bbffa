import Testing

@testable import ZipArchive

@Suite("Partial archives of random archives")
struct PartialArchiveModelTests {
    private static let segments = ["a", "b", "ab", "a-b", "a.b", "z", "ü", "..."]

    private static func randomMember(_ random: inout FixedRandom) -> ZipBuilder.Member {
        let depth = Int.random(in: 1...4, using: &random)
        var path = (0..<depth).map { _ in segments.randomElement(using: &random) ?? "a" }.joined(separator: "/")
        let isDirectory = Int.random(in: 0..<6, using: &random) == 0
        if isDirectory { path += "/" }
        let isLarge = Int.random(in: 0..<8, using: &random) == 0
        let length = isDirectory ? 0 : Int.random(in: 0...(isLarge ? 200_000 : 500), using: &random)
        let data = (0..<length).map { _ in UInt8.random(in: 0...(isLarge ? 255 : 7), using: &random) }
        var member = ZipBuilder.Member(Array(path.utf8), data, method: [0, 8, 93].randomElement(using: &random) ?? 0)
        member.hasDescriptor = Bool.random(using: &random)
        member.flags = Int.random(in: 0..<4, using: &random) == 0 ? 0x801 : 0x800
        member.isZip64 = Int.random(in: 0..<4, using: &random) == 0
        member.gap = Int.random(in: 0...9, using: &random)
        member.comment = Array(repeating: 0x2E, count: Int.random(in: 0...5, using: &random))
        member.attributes = [0o100644, 0o100755, 0o120777].randomElement(using: &random).map { $0 << 16 } ?? 0
        if Bool.random(using: &random) { member.extra = .extraField(0x5455, [1, 2, 3, 4, 5]) }
        if Bool.random(using: &random) { member.localExtra = .extraField(0x4242, [1, 2, 3]) }
        return member
    }

    private static func randomBuilder(_ random: inout FixedRandom) -> ZipBuilder {
        let count = Int.random(in: 1...80, using: &random)
        var builder = ZipBuilder((0..<count).map { _ in randomMember(&random) })
        builder.isZip64 = Bool.random(using: &random)
        builder.prefix = Array(repeating: 1, count: Int.random(in: 0...50, using: &random))
        return builder
    }

    /// The records that paths stand for, by the contract's words and without the index.
    private static func model(_ records: [PartialRecord], _ paths: [String]) -> [PartialRecord] {
        records.enumerated().filter { number, record in
            let isLast = !records[(number + 1)...].contains { $0.name == record.name }
            let isWanted = paths.contains { path in
                record.name == Array(path.utf8) || record.name.starts(with: (path + "/").utf8)
            }
            return isLast && isWanted
        }.map(\.element)
    }

    @Test("hold what they should, unchanged, in any window", arguments: 0..<50 as Range<UInt64>)
    func agrees(seed: UInt64) throws {
        var random = FixedRandom(state: seed)
        let archive = try Archive(Self.randomBuilder(&random))
        let records = try archive.records()
        let all = try archive.paths().map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        for _ in 0..<4 {
            let paths = (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in all.randomElement(using: &random)
            }
            let partial = try archive.partial(paths)
            let bytes = try archive.bytes(of: partial)
            #expect(bytes.count == partial.size, "\(paths)")
            #expect(try Archive(bytes).records() == Self.model(records, paths), "\(paths)")
            #expect(try archive.bytes(of: archive.partial(paths.reversed())) == bytes, "the order of \(paths)")
            for _ in 0..<20 {
                let ends = (0..<2).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
                let window = try archive.bytes(of: partial, Int64(ends[0])..<Int64(ends[1]))
                #expect(window == Array(bytes[ends[0]..<ends[1]]), "\(ends) of \(paths)")
            }
        }
    }
}
