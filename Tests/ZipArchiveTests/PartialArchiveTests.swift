import Testing

@testable import ZipArchive

@Suite("Partial archives")
struct PartialArchiveTests {
    private static func archive() throws -> Archive {
        var streamed = ZipBuilder.Member("dir/streamed.txt", "streamed", method: 8)
        streamed.hasDescriptor = true
        var link = ZipBuilder.Member("dir/link", "../a.txt")
        link.attributes = 0o120777 << 16
        var twice = ZipBuilder.Member("dir/twice.txt", "second")
        twice.comment = Array("the last".utf8)
        var dated = ZipBuilder.Member("z.txt", "dated")
        dated.extra = .extraField(0x5455, [3, 1, 2, 3, 4]) + .extraField(0x7875, [1, 4, 0, 0, 0, 0, 4, 0, 0, 0, 0])
        return try Archive(
            ZipBuilder([
                dated, ZipBuilder.Member("dir/twice.txt", "first"), ZipBuilder.Member("a.txt", "a"),
                ZipBuilder.Member("dir/"), ZipBuilder.Member("dir.txt", "beside"), streamed, link, twice,
                ZipBuilder.Member("dir-2/x", "beside"), ZipBuilder.Member("implied/deep/file", "f"),
                ZipBuilder.Member("both", "file"), ZipBuilder.Member("both/below", "below"),
            ])
        )
    }

    static let selections: [([String], [String])] = [
        (["a.txt"], ["a.txt"]),
        (["dir"], ["dir/", "dir/streamed.txt", "dir/link", "dir/twice.txt"]),
        (["dir/twice.txt"], ["dir/twice.txt"]),
        (["implied"], ["implied/deep/file"]),
        (["implied/deep"], ["implied/deep/file"]),
        (["both"], ["both", "both/below"]),
        (["both/below"], ["both/below"]),
        (["a.txt", "z.txt"], ["z.txt", "a.txt"]),
        (["z.txt", "a.txt", "z.txt"], ["z.txt", "a.txt"]),
        (["dir", "dir/link"], ["dir/", "dir/streamed.txt", "dir/link", "dir/twice.txt"]),
        (["dir/link", "dir", "dir.txt"], ["dir/", "dir.txt", "dir/streamed.txt", "dir/link", "dir/twice.txt"]),
    ]

    @Test("hold a member, or all below a directory, in the archive's order", arguments: selections)
    func selection(paths: [String], names: [String]) throws {
        let archive = try Self.archive()
        let partial = try archive.partial(paths)
        #expect(partial.memberCount == names.count)
        let bytes = try archive.bytes(of: partial)
        #expect(bytes.count == partial.size)
        let records = try Archive(bytes).records()
        #expect(records.map { String(decoding: $0.name, as: UTF8.self) } == names)
    }

    @Test("of duplicate names keep the last, with its comment")
    func duplicates() throws {
        let archive = try Self.archive()
        let partial = try Archive(archive.bytes(of: archive.partial(["dir/twice.txt"])))
        #expect(try partial.text("dir/twice.txt") == "second")
        #expect(partial.temporaryText.contains("the last"))
    }

    @Test("know symbolic links and modes")
    func modes() throws {
        let archive = try Self.archive()
        let partial = try Archive(archive.bytes(of: archive.partial(["dir"])))
        #expect(try partial.member("dir/link")?.kind == .symlink)
        #expect(try partial.text("dir/link") == "../a.txt")
        #expect(try partial.member("dir/twice.txt")?.mode == 0o100644)
    }

    @Test(
        "are not made where any path leads nowhere",
        arguments: [["none"], ["dir/none"], ["a.txt", "none"], ["DIR"], ["di"], ["a.txt/x"], ["implied/deep/file/x"]]
    )
    func noMatch(paths: [String]) throws {
        let archive = try Self.archive()
        #expect(throws: PartialArchiveError.noMatch) { try archive.partial(paths) }
    }

    @Test("tell the sizes in the local header, where a stream had them behind its data")
    func descriptor() throws {
        let archive = try Self.archive()
        let bytes = try archive.bytes(of: archive.partial(["dir/streamed.txt"]))
        bytes.withUnsafeBytes { bytes in
            #expect(bytes.u16(at: 6) == 0, "flags")
            #expect(bytes.u32(at: 14) == crc32(of: Array("streamed".utf8)))
            #expect(bytes.u32(at: 18) == UInt32(deflated(Array("streamed".utf8)).count))
            #expect(bytes.u32(at: 22) == 8)
        }
    }

    @Test("keep the descriptor of an encrypted member: its password is checked against what bit 3 says")
    func encrypted() throws {
        var member = ZipBuilder.Member("secret", "0123456789ab and data")
        member.flags = 1
        member.hasDescriptor = true
        let archive = try Archive(ZipBuilder([member, ZipBuilder.Member("behind", "behind")]))
        let bytes = try archive.bytes(of: archive.partial(["secret", "behind"]))
        bytes.withUnsafeBytes { bytes in
            #expect(bytes.u16(at: 6) == 9)
            #expect(bytes.u32(at: 36 + 21) == 0x0807_4b50)
            #expect(bytes.u32(at: 36 + 21 + 12) == 21)
        }
        #expect(try Archive(bytes).text("behind") == "behind")
    }

    @Test("promise no more times in the local header than there are")
    func times() throws {
        let archive = try Self.archive()
        let bytes = try archive.bytes(of: archive.partial(["z.txt"]))
        #expect(Array(bytes[35..<44]) == .extraField(0x5455, [1, 1, 2, 3, 4]))
        #expect(try Archive(bytes).records()[0].extra.starts(with: [UInt8].extraField(0x5455, [3, 1, 2, 3, 4])))
    }

    @Test("take encrypted members and those of unknown methods as they are")
    func unreadable() throws {
        var encrypted = ZipBuilder.Member("encrypted", "as it is")
        encrypted.flags = 1
        let archive = try Archive(ZipBuilder([encrypted, ZipBuilder.Member("zstd", "as it is", method: 93)]))
        let partial = try Archive(archive.bytes(of: archive.partial(["encrypted", "zstd"])))
        #expect(try partial.records() == archive.records())
    }

    @Test("are broken off at a member whose local header is damaged, and tell it before if asked to")
    func damage() throws {
        let archive = try Self.archive()
        let member = try #require(try archive.member("dir/link"))
        try archive.temporary.write([0], at: member.localHeaderOffset)
        let partial = try archive.partial(["dir"])
        #expect(throws: MemberError.corrupt(.localHeader)) { try partial.checkLocalHeaders(first: 3) }
        #expect(throws: MemberError.corrupt(.localHeader)) { try archive.bytes(of: partial) }
        try partial.checkLocalHeaders(first: 2)
        #expect(try archive.bytes(of: archive.partial(["a.txt"])).count > 0)
    }

    @Test("are not made of a directory that is not the indexed one")
    func damagedDirectory() throws {
        let archive = try Self.archive()
        try archive.temporary.write([0, 0, 0, 0], at: archive.index.directoryOffset)
        #expect(throws: PartialArchiveError.member(.corrupt(.record))) { try archive.partial(["z.txt"]) }
        #expect(try archive.partial(["a.txt"]).memberCount == 1)
    }

    @Test("are refused where extra fields leave no room for zip64's")
    func noRoom() throws {
        var member = ZipBuilder.Member("huge")
        member.isZip64 = true
        member.uncompressedSize = 5 << 30
        member.method = 8
        member.extra = .extraField(0x4242, [UInt8](repeating: 0, count: 0xFFFF - 4 - 4 - 24))
        let archive = try Archive(ZipBuilder([member]))
        #expect(try archive.partial(["huge"]).memberCount == 1)
        var builder = ZipBuilder([member])
        builder.members[0].extra =
            .extraField(1, [0, 0, 0, 0, 5, 0, 0, 0])
            + .extraField(
                0x4242,
                [UInt8](repeating: 0, count: 0xFFFF - 4 - 12)
            )
        builder.members[0].isZip64 = false
        builder.members[0].uncompressedSize = 0xFFFF_FFFF
        let full = try Archive(builder)
        #expect(throws: PartialArchiveError.extraFieldsTooLong) { try full.partial(["huge"]) }
    }
}

extension Archive {
    /// The file as text, whatever it holds.
    fileprivate var temporaryText: String { String(decoding: (try? temporary.contents()) ?? [], as: UTF8.self) }
}
