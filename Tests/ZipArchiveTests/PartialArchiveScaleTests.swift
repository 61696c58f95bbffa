import Glibc
import Testing

@testable import ZipArchive

@Suite("Partial archives of any size")
struct PartialArchiveScaleTests {
    @Test("half of 200,000 members: zip64, any window, and little memory")
    func many() throws {
        let archive = try Archive(ScaleTests.manyMembers(200_000))
        let before = archive.index.verifiedBlockCount
        #expect(try archive.partial(["d0101"]).memberCount == 1000)
        // A thousand entries are 18 blocks of them; the rest is for finding the directory.
        #expect(archive.index.verifiedBlockCount - before < 30)
        let partial = try archive.partial(stride(from: 0, to: 200, by: 2).map { "d\(String(10_000 + $0).dropFirst())" })
        #expect(partial.memberCount == 100_000)
        // What is kept of a member is its place in the directory, and of each 256 a checkpoint.
        #expect(MemoryLayout.stride(ofValue: partial.layout.records[0]) == 8)
        #expect(partial.checkpoints.count == (100_000 + 255) / 256)
        let bytes = try archive.bytes(of: partial)
        #expect(bytes.count == partial.size)
        for start in [0, 41, 1_000_000, 4_099_999, 4_100_000, 6_000_001, bytes.count - 98, bytes.count - 1] {
            let end = min(start + 100_000, bytes.count)
            #expect(try archive.bytes(of: partial, Int64(start)..<Int64(end)) == Array(bytes[start..<end]), "\(start)")
        }
        #expect(try Archive(bytes).index.recordCount == 100_000)
    }

    @Test("members and offsets beyond 4 GiB are told in zip64's fields")
    func huge() throws {
        let size: Int64 = 5 << 30
        var builder = ZipBuilder([ZipBuilder.Member("small", "first"), ZipBuilder.Member("huge")])
        builder.members[1].isZip64 = true
        builder.members[1].uncompressedSize = UInt64(size)
        builder.members[1].compressedSize = UInt64(size)
        builder.members.append(ZipBuilder.Member("behind", "last"))
        builder.members[2].isZip64 = true
        builder.members[2].offset = UInt64(40 + 34 + size)
        builder.isZip64 = true
        let bytes = builder.build()
        let file = try TemporaryFile(Array(bytes[..<74]))
        builder.end.offset = UInt64(bytes.count - 22 - 20 - 56) - builder.directorySize + UInt64(size)
        try file.write(Array(builder.build()[74...]), at: 74 + size)
        try file.write(Array("the end".utf8), at: 74 + size - 7)
        let archive = try Archive(file)
        let copy = try Archive(Self.copy(archive.partial(["huge", "behind"]), of: archive))
        #expect(try copy.member("huge")?.uncompressedSize == size)
        #expect(try copy.read("huge", window: size - 7..<size) == Array("the end".utf8))
        #expect(try copy.text("behind") == "last")
        let small = try archive.bytes(of: archive.partial(["small", "behind"]))
        #expect(small.count == 40 + 40 + 51 + 52 + 22, "no zip64 where nothing needs it")
    }

    /// Writes a partial archive to a file with a hole where its large data are but for the end.
    private static func copy(_ partial: PartialArchive, of archive: Archive) throws -> TemporaryFile {
        let target = try TemporaryFile()
        var position: Int64 = 0
        var reader = try PartialArchiveReader(partial, window: 0..<partial.size)
        while let piece = try reader.next() {
            switch piece {
            case .bytes(let bytes):
                try target.write(Array(bytes), at: position)
                position += Int64(bytes.count)
            case .file(let offset, let count):
                var tail = [UInt8](repeating: 0, count: 100)
                _ = try tail.withUnsafeMutableBytes { try archive.file.read(into: $0, at: offset + count - 100) }
                try target.write(tail, at: position + count - 100)
                position += count
            }
        }
        #expect(position == partial.size)
        return target
    }
}
