import Glibc
import Testing

@testable import ZipArchive

@Suite("Partial archives of any size")
struct PartialArchiveScaleTests {
    @Test("half of 1,000,000 members: zip64, any window, and little memory")
    func million() throws {
        let archive = try Archive(ScaleTests.manyMembers(1_000_000))
        let paths = (0..<500).map { number in
            let digits = String(number * 2)
            return "d" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
        let partial = try archive.partial(paths)
        #expect(partial.memberCount == 500_000)
        // What is kept of a member is its place in the directory, and of each 256 a checkpoint.
        #expect(MemoryLayout.stride(ofValue: partial.layout.records[0]) == 8)
        #expect(partial.checkpoints.count == (500_000 + 255) / 256)
        let bytes = try archive.bytes(of: partial)
        #expect(bytes.count == partial.size)
        for start in [0, 41, 5_000_000, 20_499_999, 20_500_000, 30_000_001, bytes.count - 98, bytes.count - 1] {
            let end = min(start + 100_000, bytes.count)
            #expect(try archive.bytes(of: partial, Int64(start)..<Int64(end)) == Array(bytes[start..<end]), "\(start)")
        }
        let opened = try Archive(bytes)
        #expect(opened.index.recordCount == 500_000)
        #expect(try opened.directory("d0998")?.fileCount == 1000)
    }

    @Test("a page of blocks is all that one directory of 1,000,000 members costs")
    func few() throws {
        let archive = try Archive(ScaleTests.manyMembers(1_000_000))
        let before = archive.index.verifiedBlockCount
        #expect(try archive.partial(["d0500"]).memberCount == 1000)
        // A thousand entries are 18 blocks of them.
        #expect(archive.index.verifiedBlockCount - before < 40)
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
