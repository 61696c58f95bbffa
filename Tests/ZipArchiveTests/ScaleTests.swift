import Testing

@testable import ZipArchive

@Suite("Archives of any size")
struct ScaleTests {
    /// An archive of empty members `d0000/f0000`, a thousand a directory, written without the general builder.
    static func manyMembers(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        bytes.reserveCapacity(count * 41 + 100)
        directory.reserveCapacity(count * 57)
        let local = ZipBuilder([ZipBuilder.Member("d0000/f0000")]).build()
        let record = Array(local[41..<98])
        for number in 0..<count {
            let digits =
                [number / 1_000_000, number / 100_000, number / 10_000, number / 1000].map { 48 + $0 % 10 }
                + [0, number / 100, number / 10, number].map { 48 + $0 % 10 }
            let offset = bytes.count
            bytes += local[0..<41]
            directory += record
            for (place, digit) in digits.enumerated() {
                let column = place < 4 ? 1 + place : 3 + place
                bytes[offset + 30 + column] = UInt8(digit)
                directory[directory.count - 11 + column] = UInt8(digit)
            }
            for byte in 0..<4 { directory[directory.count - 15 + byte] = UInt8(offset >> (8 * byte) & 0xFF) }
        }
        var end = ZipBuilder()
        end.isZip64 = true
        end.end.count = UInt64(count)
        end.end.size = UInt64(directory.count)
        end.end.offset = UInt64(bytes.count)
        end.prefix = bytes + directory
        end.offsetsCountPrefix = true
        return end.build()
    }

    @Test("a lookup in 1,000,000 members touches as many blocks as one in 10")
    func million() throws {
        func blocks(_ count: Int, _ path: String) throws -> Int {
            let archive = try Archive(Self.manyMembers(count))
            #expect(archive.index.recordCount == count)
            let atOpen = archive.index.verifiedBlockCount
            #expect(atOpen == 1)
            #expect(try archive.read(path) == [])
            let touched = archive.index.verifiedBlockCount - atOpen
            #expect(try archive.member("d0000/f0010") == nil || count > 10)
            #expect(try archive.directory("d0000")?.fileCount == min(count, 1000))
            #expect(try archive.directory("")?.directoryCount == (count + 999) / 1000)
            return touched
        }
        let few = try blocks(10, "d0000/f0009")
        let many = try blocks(1_000_000, "d0999/f0999")
        #expect(few == 3)
        // One more where a path or a chain happens to cross a block.
        #expect(many <= few + 2)
    }

    @Test("a stored member of 5 GiB is read at its end without reading its beginning")
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
        let tail = Array(builder.build()[74...])
        try file.write(tail, at: 74 + size)
        try file.write(Array("the end".utf8), at: 74 + size - 7)
        let archive = try Archive(file)
        #expect(try archive.text("behind") == "last")
        #expect(try archive.member("huge")?.uncompressedSize == size)
        #expect(try archive.read("huge", window: size - 7..<size) == Array("the end".utf8))
        #expect(try archive.read("huge", window: 0..<3) == [0, 0, 0])
    }
}

extension ZipBuilder {
    /// The length of the directory, from the end record of a build without zip64.
    var directorySize: UInt64 {
        var plain = self
        plain.isZip64 = false
        plain.end = End()
        plain.comment = []
        let bytes = plain.build()
        return bytes.withUnsafeBytes { UInt64($0.u32(at: $0.count - 10)) }
    }
}
