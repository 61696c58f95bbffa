import Testing

@testable import ZipArchive

@Suite("Damage")
struct DamageTests {
    private static func sample() -> ZipBuilder {
        var link = ZipBuilder.Member("d/link", "target")
        link.attributes = 0o120777 << 16
        var big = ZipBuilder.Member("d/e/big", String(repeating: "abcdefgh", count: 40), method: 8)
        big.isZip64 = true
        big.hasDescriptor = true
        var named = ZipBuilder.Member([0x81], Array("cp".utf8))
        named.extra = .unicodePath("ü2", for: [0x81])
        return ZipBuilder([ZipBuilder.Member("a", "stored"), big, link, named, ZipBuilder.Member("d/")])
    }

    /// Reads all that an archive's index tells; each answer is an error or data with the right CRC.
    private static func readAll(_ archive: Archive) throws -> Int {
        var problems = 0
        for number in 0..<archive.index.entryCount {
            let entry = try archive.index.entry(at: number)
            let path = try archive.index.path(of: entry)
            if let directory = try archive.index.directory(of: entry) {
                for child in 0..<directory.childCount { _ = try archive.index.child(at: child, of: directory) }
                continue
            }
            let found = try path.withUnsafeBytes { bytes throws(IndexError) in try archive.index.lookup(bytes) }
            if found != entry { problems += 1 }
            do {
                let data = try archive.read(entry)
                #expect(crc32(of: data) == entry.crc32 && Int64(data.count) == entry.uncompressedSize)
            } catch let error as MemberError {
                _ = error.debugDescription
            }
        }
        return problems
    }

    @Test("an archive with any one byte changed is refused, or read without a wrong answer")
    func flippedArchive() throws {
        let sound = Self.sample().build()
        var outcomes: Set<String> = []
        for position in sound.indices {
            for mask in [0x01, 0x80, 0xFF] as [UInt8] {
                var bytes = sound
                bytes[position] ^= mask
                do {
                    #expect(try Self.readAll(Archive(bytes)) == 0, "byte \(position)")
                    outcomes.insert("read")
                } catch let error as ZipError {
                    outcomes.insert("\(error)".split(separator: " ").prefix(2).joined())
                }
            }
        }
        #expect(outcomes.count > 4, "the changes reach few of the checks: \(outcomes)")
    }

    @Test("an archive cut anywhere is refused")
    func cutArchive() throws {
        let sound = Self.sample().build()
        for count in sound.indices {
            let refused = refusal(of: Array(sound.prefix(count)))
            #expect(refused == .truncated || refused == .notAZip, "\(count) bytes: \(String(describing: refused))")
        }
    }

    @Test("a changed data byte is never delivered as the data")
    func flippedData() throws {
        for method in [0, 8] as [UInt16] {
            let builder = ZipBuilder([ZipBuilder.Member("a", "some text, some more text", method: method)])
            let sound = builder.build()
            let member = try #require(try Archive(builder).member("a"))
            for position in 31..<31 + Int(member.compressedSize) {
                var bytes = sound
                bytes[position] ^= 0x10
                let archive = try Archive(bytes)
                #expect(throws: MemberError.self, "byte \(position)") { try archive.read("a") }
            }
        }
    }

    @Test("an index with any one byte changed says so")
    func flippedIndex() throws {
        let archive = try Archive(Self.sample())
        let sound = try archive.indexFile.contents()
        let file = try TemporaryFile(sound)
        for position in sound.indices {
            try file.write([sound[position] ^ 0x40], at: Int64(position))
            #expect(throws: IndexError.self, "byte \(position)") {
                let index = try MemberIndex(descriptor: file.descriptor)
                for block in 0..<sound.count / IndexFormat.blockSize { _ = try index.mapping.block(block) }
            }
            try file.write([sound[position]], at: Int64(position))
        }
    }

    @Test("an index that is wrong under right checksums is an error or an answer, never a crash")
    func forgedIndex() throws {
        let archive = try Archive(Self.sample())
        let sound = try archive.indexFile.contents()
        let paths = try archive.paths() + ["x", ""]
        for position in sound.indices where sound[position] != 0 || position % 4096 < 400 {
            for value in [0, 0xFF, sound[position] &+ 1] as [UInt8] {
                var bytes = sound
                bytes[position] = value
                bytes.sealBlock(position / IndexFormat.blockSize)
                try Self.query(bytes, paths)
            }
        }
    }

    private static func query(_ bytes: [UInt8], _ paths: [String]) throws {
        let file = try TemporaryFile(bytes)
        do throws(IndexError) {
            let index = try MemberIndex(descriptor: file.descriptor)
            for path in paths {
                let path = Array(path.utf8)
                _ = try index.withBytes(of: path) { bytes throws(IndexError) in try index.lookup(bytes) }
                let directory = try index.withBytes(of: path) { bytes throws(IndexError) in
                    try index.directory(at: bytes)
                }
                for child in 0..<min(20, directory?.childCount ?? 0) {
                    if let directory { _ = try index.path(of: index.child(at: child, of: directory)) }
                }
            }
            for number in 0..<min(20, index.entryCount) { _ = try index.path(of: index.entry(at: number)) }
        } catch {
            _ = error.description
        }
    }
}
