import Testing

@testable import ZipArchive

/// An archive and what intake says to it.
struct IntakeCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var bytes: [UInt8]
    var expected: ZipError?

    init(_ name: String, _ builder: ZipBuilder, _ expected: ZipError?) {
        self.init(name, builder.build(), expected)
    }

    init(_ name: String, _ bytes: [UInt8], _ expected: ZipError?) {
        testDescription = name
        self.bytes = bytes
        self.expected = expected
    }

    private static func two(_ change: (inout ZipBuilder) -> Void) -> ZipBuilder {
        var builder = ZipBuilder([ZipBuilder.Member("a", "first"), ZipBuilder.Member("b", "second")])
        change(&builder)
        return builder
    }

    static let refusals: [IntakeCase] = [
        IntakeCase("an empty file", [], .notAZip),
        IntakeCase("one byte", [0x50], .notAZip),
        IntakeCase("text", Array(String(repeating: "text ", count: 20_000).utf8), .notAZip),
        IntakeCase("a cut archive", Array(two { _ in }.build().dropLast(30)), .truncated),
        IntakeCase("an archive cut in its end record", Array(two { _ in }.build().dropLast(1)), .truncated),
        IntakeCase("a cut comment", two { $0.end.commentLength = 5 }, .truncated),
        IntakeCase("a directory above the end record", two { $0.end.size = 100_000 }, .directoryOutOfBounds),
        IntakeCase("a directory offset past the end", two { $0.end.offset = 100_000 }, .directoryOutOfBounds),
        IntakeCase(
            "an archive without its beginning",
            Array(two { _ in }.build().dropFirst(10)),
            .directoryOutOfBounds
        ),
        IntakeCase("a directory cut in its last record", two { $0.end.size = 93 }, .directoryCorrupt(record: 2)),
        IntakeCase(
            "a directory elsewhere",
            two {
                $0.end.offset = 1
                $0.end.size = 92
            },
            .directoryCorrupt(record: 1)
        ),
        IntakeCase("too many members announced", two { $0.end.count = 9 }, .directoryCorrupt(record: 1)),
        IntakeCase("one member announced", two { $0.end.count = 1 }, .memberCountWrong(announced: 1, found: 2)),
        IntakeCase("no member announced", two { $0.end.count = 0 }, .memberCountWrong(announced: 0, found: 2)),
        IntakeCase("several volumes", two { $0.end.disk = 1 }, .multiDisk),
        IntakeCase("a member on another volume", two { $0.members[1].disk = 1 }, .multiDisk),
        IntakeCase("two at one offset", two { $0.members[1].offset = 0 }, .overlappingMembers(first: 1, second: 2)),
        IntakeCase(
            "data into the next member",
            two { $0.members[0].compressedSize = 6 },
            .overlappingMembers(first: 1, second: 2)
        ),
        IntakeCase("data into the directory", two { $0.members[1].compressedSize = 7 }, .memberOutOfBounds(record: 2)),
        IntakeCase("a member behind the file", two { $0.members[1].offset = 1 << 30 }, .memberOutOfBounds(record: 2)),
        IntakeCase("a zip64 offset near 2^64", zip64 { $0.members[0].offset = .max }, .memberOutOfBounds(record: 1)),
        IntakeCase(
            "a zip64 size near 2^64",
            zip64 { $0.members[0].compressedSize = .max },
            .memberOutOfBounds(record: 1)
        ),
        IntakeCase("a zip64 directory size near 2^64", zip64 { $0.end.size = .max }, .directoryOutOfBounds),
        IntakeCase("a zip64 count near 2^64", zip64 { $0.end.count = .max }, .tooManyMembers(limit: 10_000_000)),
        IntakeCase("zip64 without its record", without64Record(), .unsupportedZip64),
        IntakeCase("a short zip64 field", shortZip64Field(), .directoryCorrupt(record: 1)),
    ]

    private static func zip64(_ change: (inout ZipBuilder) -> Void) -> ZipBuilder {
        two {
            $0.isZip64 = true
            $0.members[0].isZip64 = true
            change(&$0)
        }
    }

    private static func without64Record() -> [UInt8] {
        var bytes = zip64 { _ in }.build()
        bytes[bytes.count - 22 - 20 - 56] = 0
        return bytes
    }

    private static func shortZip64Field() -> ZipBuilder {
        two {
            $0.members[0].extra = .extraField(1, [1, 2, 3, 4])
            $0.members[0].uncompressedSize = 0xFFFF_FFFF
        }
    }
}

@Suite("What intake says to an archive")
struct IntakeTests {
    @Test("bad archives are refused with the reason", arguments: IntakeCase.refusals)
    func refuses(_ example: IntakeCase) {
        #expect(refusal(of: example.bytes) == example.expected)
    }

    @Test("every refusal is one sentence", arguments: IntakeCase.refusals)
    func sentence(_ example: IntakeCase) throws {
        let text = String(describing: try #require(example.expected))
        #expect(text.first?.isUppercase == true && text.hasSuffix(".") && !text.contains("\n"))
    }

    @Test("limits refuse what is above them, not what reaches them")
    func limits() {
        let bytes = ZipBuilder([ZipBuilder.Member("a/b/c"), ZipBuilder.Member("d")]).build()
        #expect(refusal(of: bytes, limits: ZipLimits(members: 2, impliedDirectories: 2)) == nil)
        #expect(refusal(of: bytes, limits: ZipLimits(members: 1)) == .tooManyMembers(limit: 1))
        #expect(refusal(of: bytes, limits: ZipLimits(impliedDirectories: 1)) == .tooManyMembers(limit: 1))
        #expect(refusal(of: bytes, limits: ZipLimits(directoryBytes: 97)) == .directoryTooLarge(limit: 97))
    }

    @Test("names count as the UTF-8 that they become: a byte of CP437 may take three")
    func namesOfCP437() {
        let bytes = ZipBuilder([ZipBuilder.Member([UInt8](repeating: 0xB0, count: 1000))]).build()
        #expect(refusal(of: bytes, limits: ZipLimits(directoryBytes: 3000)) == nil)
        #expect(refusal(of: bytes, limits: ZipLimits(directoryBytes: 2999)) == .directoryTooLarge(limit: 2999))
    }

    @Test("an archive without members is valid, with or without a comment")
    func empty() throws {
        var builder = ZipBuilder()
        #expect(try Archive(builder).index.entryCount == 0)
        builder.comment = Array("nothing here".utf8)
        let archive = try Archive(builder)
        #expect(try archive.directory("")?.childCount == 0)
        #expect(try archive.member("a") == nil)
    }

    @Test("a comment of full length is searched")
    func longComment() throws {
        var builder = ZipBuilder([ZipBuilder.Member("a", "text")])
        builder.comment = [UInt8](repeating: 0x50, count: 65_535)
        #expect(try Archive(builder).text("a") == "text")
    }

    @Test("a comment with the end record's signature does not hide the archive")
    func fakeEnd() throws {
        var builder = ZipBuilder([ZipBuilder.Member("a", "text")])
        builder.comment = [0x50, 0x4B, 5, 6] + Array(repeating: 0x20, count: 40)
        #expect(try Archive(builder).text("a") == "text")
    }

    @Test("of several end records that lead to a directory the last wins")
    func lastEndWins() throws {
        let inner = ZipBuilder([ZipBuilder.Member("inner", "in")]).build()
        var outer = ZipBuilder([ZipBuilder.Member("outer", "out")])
        outer.comment = inner
        #expect(try Archive(outer).paths() == ["inner"])
    }

    @Test("bytes before the archive are skipped, whether the offsets count them or not", arguments: [true, false])
    func prefix(counted: Bool) throws {
        for isZip64 in [false, true] {
            var builder = ZipBuilder([ZipBuilder.Member("a", "text"), ZipBuilder.Member("b", "more", method: 8)])
            builder.prefix = Array("#!/bin/sh\nexit 0\n".utf8)
            builder.offsetsCountPrefix = counted
            builder.isZip64 = isZip64
            let archive = try Archive(builder)
            #expect(try archive.text("a") == "text")
            #expect(try archive.text("b") == "more")
            #expect(archive.index.prefix == (counted ? 0 : 17))
        }
    }

    @Test("bytes behind the archive are ignored")
    func trailer() throws {
        var builder = ZipBuilder([ZipBuilder.Member("a", "text")])
        builder.trailer = [UInt8](repeating: 10, count: 100)
        #expect(try Archive(builder).text("a") == "text")
    }

    @Test("gaps between members and a digital signature behind the directory are fine")
    func gaps() throws {
        var builder = ZipBuilder([ZipBuilder.Member("a", "text"), ZipBuilder.Member("b", "more")])
        builder.members[1].gap = 4096
        builder.behindDirectory = [0x50, 0x4B, 5, 5, 2, 0, 1, 2]
        let archive = try Archive(builder)
        #expect(try archive.text("b") == "more")
    }

    @Test("members in another order than the directory do not overlap")
    func reordered() throws {
        var builder = ZipBuilder([ZipBuilder.Member("x", "12345"), ZipBuilder.Member("y", "abcde")])
        builder.members[0].offset = 36
        builder.members[1].offset = 0
        #expect(try Archive(builder).paths() == ["x", "y"])
    }

    @Test("a count that wrapped at 65,536 without zip64 is understood")
    func wrappedCount() throws {
        var members: [ZipBuilder.Member] = []
        for number in 0..<65_537 { members.append(ZipBuilder.Member("\(number)")) }
        let archive = try Archive(ZipBuilder(members))
        #expect(archive.index.recordCount == 65_537)
        #expect(try archive.member("65536") != nil)
    }

    @Test("equal archives make equal indexes")
    func deterministic() throws {
        let builder = ZipBuilder([ZipBuilder.Member("a/b", "text"), ZipBuilder.Member("c/d/e", "more")])
        #expect(try Archive(builder).indexFile.contents() == Archive(builder).indexFile.contents())
    }
}
