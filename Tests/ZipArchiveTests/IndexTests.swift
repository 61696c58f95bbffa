import Testing

@testable import ZipArchive

@Suite("The index of members")
struct IndexTests {
    private static func sample() throws -> Archive {
        var link = ZipBuilder.Member("b/link", "../a")
        link.attributes = 0o120777 << 16
        var byMode = ZipBuilder.Member("d")
        byMode.attributes = 0o040700 << 16
        var script = ZipBuilder.Member("b/run", "#!")
        script.attributes = 0o100755 << 16
        var fromDOS = ZipBuilder.Member("z.txt", "z")
        fromDOS.host = 0
        fromDOS.attributes = 0x20
        var bare = ZipBuilder.Member("y.txt", "y")
        bare.attributes = 0o600 << 16
        return try Archive(
            ZipBuilder([fromDOS, link, ZipBuilder.Member("b-c/x/y", "deep"), script, byMode, bare])
        )
    }

    @Test("entries are in byte order of their paths, implied directories among them")
    func order() throws {
        let archive = try Self.sample()
        #expect(
            try archive.paths() == ["b-c/", "b-c/x/", "b-c/x/y", "b/", "b/link", "b/run", "d/", "y.txt", "z.txt"]
        )
    }

    @Test("kinds and modes are those of the contract")
    func modes() throws {
        let archive = try Self.sample()
        let all = try (0..<archive.index.entryCount).map { try archive.index.entry(at: $0) }
        #expect(
            all.map(\.mode)
                == [0o040755, 0o040755, 0o100644, 0o040755, 0o120777, 0o100755, 0o040755, 0o100600, 0o100644]
        )
        #expect(
            all.map { $0.flags.contains(.synthesized) } == [true, true, false, true] + Array(repeating: false, count: 5)
        )
        #expect(all[4].kind == .symlink && all[6].kind == .directory)
        #expect(try archive.text("b/link") == "../a")
    }

    @Test("a directory knows its children, directories first, and the range below it")
    func children() throws {
        let archive = try Self.sample()
        func names(_ path: String) throws -> [String]? {
            guard let directory = try archive.directory(path) else { return nil }
            return try (0..<directory.childCount).map {
                String(decoding: try archive.index.path(of: archive.index.child(at: $0, of: directory)), as: UTF8.self)
            }
        }
        #expect(try names("") == ["b-c/", "b/", "d/", "y.txt", "z.txt"])
        #expect(try names("b") == ["b/link", "b/run"])
        #expect(try names("b/") == ["b/link", "b/run"])
        #expect(try names("b-c") == ["b-c/x/"])
        #expect(try names("d") == [])
        #expect(try names("b/run") == nil)
        #expect(try names("b/ru") == nil)
        #expect(try archive.directory("")?.subtree == 0..<9)
        #expect(try archive.directory("b-c")?.subtree == 1..<3)
        #expect(try archive.directory("d")?.subtree == 7..<7)
        #expect(try archive.directory("b-c")?.directoryCount == 1)
    }

    @Test("a lookup finds files only, by their exact path")
    func lookup() throws {
        let archive = try Self.sample()
        for path in ["b", "b/", "d", "d/", "b/run/", "B/run", "b/ru", "b/runn", "", "x"] {
            #expect(try archive.member(path) == nil, "\(path)")
        }
        #expect(try archive.member("b/run")?.uncompressedSize == 2)
        let path = try #require(MemberPath("b/run".utf8))
        #expect(try archive.index.lookup(path)?.mode == 0o100755)
        #expect(try archive.index.directory(at: path) == nil)
        #expect(try archive.index.directory(at: nil as MemberPath?)?.childCount == 5)
    }

    @Test("an entry tells where its record is, for verbatim copies")
    func records() throws {
        let archive = try Self.sample()
        let bytes = try archive.temporary.contents()
        let member = try #require(try archive.member("b/run"))
        let record = bytes[Int(member.recordOffset)..<Int(member.recordOffset) + member.recordLength]
        #expect(Array(record.prefix(4)) == [0x50, 0x4B, 1, 2])
        #expect(String(decoding: record.suffix(5), as: UTF8.self) == "b/run")
        #expect(member.ordinal == 3 && member.dosTime == 0x6000 && member.dosDate == 0x5A21)
        #expect(archive.index.archiveSize == Int64(bytes.count) && archive.index.archiveDigest == Archive.digest)
    }

    @Test("names longer than a block are found and told apart")
    func longNames() throws {
        let long = String(repeating: "x", count: 65_000)
        let archive = try Archive(
            ZipBuilder([ZipBuilder.Member(long + "1", "one"), ZipBuilder.Member(long + "2", "two")])
        )
        #expect(try archive.text(long + "2") == "two")
        #expect(try archive.member(long) == nil)
        #expect(try archive.paths() == [long + "1", long + "2"])
    }

    @Test("a path of the greatest depth implies all its directories")
    func depth() throws {
        let path = String(repeating: "a/", count: 32_767) + "f"
        let archive = try Archive(ZipBuilder([ZipBuilder.Member(path, "deep"), ZipBuilder.Member("a/b", "flat")]))
        #expect(archive.index.entryCount == 32_769)
        #expect(try archive.text(path) == "deep")
        #expect(try archive.directory(String(repeating: "a/", count: 20_000))?.subtree.count == 12_768)
        #expect(try archive.directory("a")?.fileCount == 1)
    }

    @Test("a file that is no index, or of another version, is told apart from a damaged one")
    func wrongFiles() throws {
        let bytes = try Self.sample().indexFile.contents()
        func error(_ bytes: [UInt8]) throws -> IndexError? {
            let file = try TemporaryFile(bytes)
            do throws(IndexError) {
                _ = try MemberIndex(descriptor: file.descriptor)
                return nil
            } catch {
                return error
            }
        }
        #expect(try error([]) == .notAnIndex)
        #expect(try error(Array(repeating: 0, count: 8192)) == .notAnIndex)
        #expect(try error(Array(bytes.dropLast(4096))) == .corrupt(block: 0))
        #expect(try error(bytes + Array(repeating: 0, count: 4096)) == .corrupt(block: 0))
        #expect(try error(Array(bytes.dropLast())) == .notAnIndex)
        var newer = bytes
        newer[8] = 2
        newer.sealBlock(0)
        #expect(try error(newer) == .unsupportedVersion(2))
    }

    @Test("SipHash-1-3 gives the reference values")
    func hash() {
        // Key 00…0f, input 00…0e: SipHash-1-3 as CPython and Rust have it.
        let key = (0x0706_0504_0302_0100 as UInt64, 0x0f0e_0d0c_0b0a_0908 as UInt64)
        let input = (0..<15).map { UInt8($0) }
        var whole = SipHash(key: key)
        input.withUnsafeBytes { whole.update($0) }
        var bytewise = SipHash(key: key)
        for byte in input { bytewise.update(byte) }
        #expect(whole.finalized() == bytewise.finalized())
        #expect(SipHash(key: key).finalized() == 0xabac_0158_050f_c4dc)
    }
}

extension [UInt8] {
    /// Makes the checksum of an index block right again after a change.
    mutating func sealBlock(_ number: Int) {
        let start = number * IndexFormat.blockSize
        let sum = withUnsafeBytes {
            IndexFormat.checksum(ofBlock: number, $0.part(start, IndexFormat.payloadSize))
        }
        for byte in 0..<4 {
            self[start + IndexFormat.payloadSize + byte] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(byte)))
        }
    }
}
