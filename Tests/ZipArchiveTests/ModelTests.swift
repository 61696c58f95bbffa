import Testing

@testable import ZipArchive

@Suite("Random archives against a model")
struct ModelTests {
    private static let segments = ["a", "b", "ab", "a-b", "a.b", "z", "ü", "..."]

    private static func randomBuilder(_ random: inout FixedRandom) -> ZipBuilder {
        var members: [ZipBuilder.Member] = []
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            var path = (0..<Int.random(in: 1...4, using: &random))
                .compactMap { _ in segments.randomElement(using: &random) }
                .joined(separator: "/")
            let isDirectory = Int.random(in: 0..<5, using: &random) == 0
            if isDirectory { path += "/" }
            let length = isDirectory ? 0 : Int.random(in: 0...3000, using: &random)
            let data = (0..<length).map { _ in UInt8.random(in: 0...7, using: &random) }
            var member = ZipBuilder.Member(Array(path.utf8), data, method: Bool.random(using: &random) ? 8 : 0)
            member.hasDescriptor = Bool.random(using: &random)
            member.isZip64 = Int.random(in: 0..<4, using: &random) == 0
            member.gap = Int.random(in: 0...9, using: &random)
            members.append(member)
        }
        var builder = ZipBuilder(members)
        builder.isZip64 = Bool.random(using: &random)
        builder.prefix = Array(repeating: 1, count: Int.random(in: 0...50, using: &random))
        return builder
    }

    /// Paths and what is at them, as the contract has it; directories have no data.
    private static func model(_ builder: ZipBuilder) -> [String: [UInt8]] {
        var entries: [String: [UInt8]] = [:]
        for member in builder.members {
            let path = String(decoding: member.name, as: UTF8.self)
            entries[path] = member.data
            var parts = path.split(separator: "/")
            parts.removeLast()
            while !parts.isEmpty {
                entries[parts.joined(separator: "/") + "/"] = []
                parts.removeLast()
            }
        }
        return entries
    }

    @Test("paths, data, listings and misses agree", arguments: 0..<60 as Range<UInt64>)
    func agrees(seed: UInt64) throws {
        var random = FixedRandom(state: seed)
        let builder = Self.randomBuilder(&random)
        let model = Self.model(builder)
        let archive = try Archive(builder)
        let sorted = model.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(try archive.paths() == sorted)
        for (path, data) in model where !path.hasSuffix("/") {
            #expect(try archive.read(path, bufferSize: Int.random(in: 1...4000, using: &random)) == data, "\(path)")
        }
        for directory in sorted.filter({ $0.hasSuffix("/") }) + [""] {
            try check(directory, archive, sorted)
        }
        for path in ["q", "a/q", "a/b/q/", "aa"] {
            #expect(try archive.member(path) == nil)
            #expect(try archive.directory(path) == nil)
        }
    }

    private func check(_ path: String, _ archive: Archive, _ sorted: [String]) throws {
        let directory = try #require(try archive.directory(path), "\(path)")
        let below = sorted.filter { $0.utf8.starts(with: path.utf8) && $0 != path }
        let names = try directory.subtree.map {
            String(decoding: try archive.index.path(of: archive.index.entry(at: $0)), as: UTF8.self)
        }
        #expect(names == below)
        let direct = below.filter { !$0.utf8.dropFirst(path.utf8.count).dropLast().contains(0x2F) }
        let children = try (0..<directory.childCount).map {
            String(decoding: try archive.index.path(of: archive.index.child(at: $0, of: directory)), as: UTF8.self)
        }
        let directories = direct.filter { $0.hasSuffix("/") }
        #expect(children == directories + direct.filter { !$0.hasSuffix("/") })
        #expect(directory.directoryCount == directories.count)
    }
}
