import Glibc
import Testing

@testable import ZipArchive

@Suite("Writing archives")
struct WriterTests {
    /// Writes an archive with every kind of member; `limit` is where zip64 begins.
    private func written(limit: Int64 = 0xF000_0000, _ files: [(String, [UInt8])] = Self.files) throws -> TemporaryFile
    {
        let file = try TemporaryFile()
        let writer = try ZipWriter(descriptor: file.descriptor, zip64From: limit)
        try writer.addDirectory(Array("dir".utf8), mode: 0o2750)
        for (name, content) in files {
            try writer.beginFile(Array(name.utf8), mode: 0o640, size: Int64(content.count))
            for start in stride(from: 0, to: content.count, by: ZipWriter.blockSize) {
                let block = Array(content[start..<min(content.count, start + ZipWriter.blockSize)])
                try Self.append(block, to: writer)
            }
            try writer.endFile()
        }
        try writer.addSymlink(Array("dir/link".utf8), target: Array("../a b".utf8))
        let size = try writer.finish()
        #expect(try file.contents().count == Int(size))
        return file
    }

    private static func append(_ block: [UInt8], to writer: ZipWriter) throws {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: block.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: block)
        try writer.append(UnsafeRawBufferPointer(copy))
    }

    private static let files: [(String, [UInt8])] = [
        ("dir/text.txt", Array(String(repeating: "some text\n", count: 40_000).utf8)),
        ("dir/empty", []),
        ("dir/one", [7]),
        ("dir/\u{E4}\u{1F600}", noise(300_000)),
    ]

    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 88_172_645_463_325_252
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }

    @Test("Our own reader finds what was written", arguments: [0xF000_0000, 0] as [Int64])
    func roundTrip(limit: Int64) throws {
        let archive = try Archive(try written(limit: limit))
        #expect(
            try archive.paths().sorted() == [
                "dir/", "dir/empty", "dir/link", "dir/one", "dir/text.txt", "dir/\u{E4}\u{1F600}",
            ]
        )
        for (name, content) in Self.files {
            let member = try #require(try archive.member(name))
            #expect(member.mode == 0o100640 && member.uncompressedSize == UInt64(content.count), "\(name)")
        }
        #expect(try archive.member("dir/link")?.kind == .symlink)
        #expect(try archive.member("dir/text.txt")?.method == 8)
        #expect(try archive.member("dir/\u{E4}\u{1F600}")?.method == 0, "noise is stored as it is")
    }

    @Test("Every tool reads what was written, with and without zip64", arguments: [0xF000_0000, 0] as [Int64])
    func tools(limit: Int64) throws {
        let bytes = try written(limit: limit).contents()
        var template = Array("/tmp/zip-writer-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { _ = try? Tool.run(["rm", "-rf", directory], in: "/") }
        let file = open("\(directory)/a.zip", O_WRONLY | O_CREAT, 0o600)
        #expect(write(file, bytes, bytes.count) == bytes.count)
        close(file)
        for command in [
            ["unzip", "-tqq"], ["7z", "t", "-bd"], ["bsdtar", "-tf"], ["python3", "-m", "zipfile", "-t"],
        ] {
            guard Tool.isAvailable(command[0]) else { continue }
            #expect(throws: Never.self, "\(command)") { try Tool.run(command + ["a.zip"], in: directory) }
        }
        guard Tool.isAvailable("bsdtar") else { return }
        // From a pipe, which shows that the local headers are whole; types and modes are in the directory only.
        let script =
            "export LC_ALL=C.UTF-8; cat a.zip | bsdtar -xf - && cat dir/text.txt && rm -r dir && "
            + "bsdtar -xf a.zip && readlink dir/link && stat -c %a dir/one"
        let output = try Tool.run(["sh", "-c", script], in: directory)
        #expect(output == Self.files[0].1 + Array("../a b\n640\n".utf8))
    }

    @Test("The same content gives the same bytes")
    func determinism() throws {
        let (first, second) = (try written().contents(), try written().contents())
        #expect(first == second)
    }

    @Test("A file of another size than announced is an error", arguments: [(3, 2), (2, 3)])
    func wrongSize(announced: Int, found: Int) throws {
        let file = try TemporaryFile()
        let writer = try ZipWriter(descriptor: file.descriptor)
        try writer.beginFile([0x61], mode: 0, size: Int64(announced))
        #expect(throws: ZipWriteError.sizeWrong(announced: Int64(announced), found: Int64(found))) {
            try Self.append([UInt8](repeating: 0, count: found), to: writer)
            try writer.endFile()
        }
    }

    @Test("Names that the format has no room for are refused", arguments: [0, 65_536])
    func names(count: Int) throws {
        let file = try TemporaryFile()
        let writer = try ZipWriter(descriptor: file.descriptor)
        #expect(throws: ZipWriteError.nameLength(count)) {
            try writer.beginFile([UInt8](repeating: 0x61, count: count), mode: 0, size: 0)
        }
    }

    @Test("A disk that cannot be written to is an error")
    func writeError() throws {
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        let writer = try ZipWriter(descriptor: descriptor)
        #expect(throws: ZipWriteError.io(FileError(.write, code: EBADF))) {
            try writer.addDirectory([0x61], mode: 0)
        }
    }
}
