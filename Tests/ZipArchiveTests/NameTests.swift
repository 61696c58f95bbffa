import Testing

@testable import ZipArchive

/// A stored name and the path that it is indexed under; none if it is not.
struct NameCase: CustomTestStringConvertible, Sendable {
    var raw: [UInt8]
    var path: String?
    var extra: [UInt8] = []
    var flags: UInt16 = 0

    var testDescription: String { "\(String(decoding: raw, as: UTF8.self)) (\(raw.count) bytes, flags \(flags))" }

    init(_ raw: [UInt8], _ path: String?, extra: [UInt8] = [], flags: UInt16 = 0) {
        self.raw = raw
        self.path = path
        self.extra = extra
        self.flags = flags
    }

    init(_ raw: String, _ path: String?) {
        self.init(Array(raw.utf8), path)
    }

    static let all: [NameCase] = [
        NameCase("a", "a"),
        NameCase("a/b.txt", "a/b.txt"),
        NameCase("...", "..."),
        NameCase(".hidden/..x", ".hidden/..x"),
        NameCase("C:/x", "C:/x"),
        NameCase("a b+%2F?#&", "a b+%2F?#&"),
        NameCase("a\nb", "a\nb"),
        NameCase("ü/é.txt", "ü/é.txt"),
        NameCase(Array("ü".utf8), "ü", flags: 0x800),
        NameCase([0x81, 0x2E, 0x74, 0x78, 0x74], "ü.txt"),
        NameCase([0x81], "ü", flags: 0x800),
        NameCase([0xE0, 0xDB, 0xFF], "α█\u{A0}"),
        NameCase([0x81], "real/ä", extra: .unicodePath("real/ä", for: [0x81])),
        NameCase([0x81], "ü", extra: .unicodePath("other", for: [0x82])),
        NameCase([0x81], "ü", extra: .unicodePath("other", for: [0x81], version: 2)),
        NameCase([0x61], nil, extra: .unicodePath("../x", for: [0x61])),
        NameCase([0x61], "b", extra: .extraField(0x5455, [1, 2, 3, 4, 5]) + .unicodePath("b", for: [0x61])),
        NameCase("", nil),
        NameCase("/", nil),
        NameCase("/etc/passwd", nil),
        NameCase("a//b", nil),
        NameCase("a//", nil),
        NameCase(".", nil),
        NameCase("..", nil),
        NameCase("./a", nil),
        NameCase("a/../b", nil),
        NameCase("a/..", nil),
        NameCase("a\\b", nil),
        NameCase("C:\\x", nil),
        NameCase("a\0b", nil),
    ]
}

@Suite("Names of members")
struct NameTests {
    @Test("a stored name becomes the path in UTF-8, or is not indexed", arguments: NameCase.all)
    func indexed(_ example: NameCase) throws {
        var named = ZipBuilder.Member(example.raw, Array("data".utf8))
        named.extra = example.extra
        named.flags = example.flags
        let archive = try Archive(ZipBuilder([named, ZipBuilder.Member("other member", "fine")]))
        #expect(archive.index.recordCount == 2)
        #expect(try archive.text("other member") == "fine")
        guard let path = example.path else {
            #expect(try archive.paths() == ["other member"])
            return
        }
        #expect(try archive.text(path) == "data")
    }

    @Test("a request path is valid when a member can have it", arguments: NameCase.all)
    func requestPath(_ example: NameCase) {
        guard example.extra.isEmpty, example.raw.allSatisfy({ $0 < 0x80 }) else { return }
        #expect((MemberPath(example.raw) != nil) == (example.path != nil))
    }

    @Test(
        "what is not UTF-8 is no request path",
        arguments: [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xE2, 0x82]] as [[UInt8]]
    )
    func invalidUTF8(_ bytes: [UInt8]) {
        #expect(MemberPath(bytes) == nil)
    }

    @Test("a slash at the end of a request path is dropped once, where that is asked for")
    func trailingSlash() {
        #expect(MemberPath("a/b/".utf8) == nil)
        #expect(MemberPath("a/b/".utf8, droppingTrailingSlash: true) == MemberPath("a/b".utf8))
        #expect(MemberPath("a/b//".utf8, droppingTrailingSlash: true) == nil)
        #expect(MemberPath("/".utf8, droppingTrailingSlash: true) == nil)
        #expect(MemberPath("a/b".utf8).map { Array($0.lastSegment) } == Array("b".utf8))
    }

    @Test("of duplicate names the last in the directory wins")
    func duplicates() throws {
        let archive = try Archive(
            ZipBuilder([ZipBuilder.Member("a", "1"), ZipBuilder.Member("b", "x"), ZipBuilder.Member("a", "2")])
        )
        #expect(try archive.paths() == ["a", "b"])
        #expect(try archive.text("a") == "2")
        #expect(try archive.member("a")?.ordinal == 2)
    }

    @Test("a file and a directory of one name are both there")
    func clash() throws {
        let archive = try Archive(
            ZipBuilder([ZipBuilder.Member("a", "file"), ZipBuilder.Member("a/"), ZipBuilder.Member("a/b", "below")])
        )
        #expect(try archive.paths() == ["a", "a/", "a/b"])
        #expect(try archive.text("a") == "file")
        #expect(try archive.directory("a")?.fileCount == 1)
        let root = try #require(try archive.directory(""))
        #expect(root.directoryCount == 1 && root.fileCount == 1)
    }
}
