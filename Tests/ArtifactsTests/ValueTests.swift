import Testing

@testable import Artifacts

@Suite("Durations of expire_in")
struct ExpireInTests {
    static let table: [(text: String, seconds: Double)] = [
        ("42", 42), ("42 seconds", 42), ("3 mins 4 sec", 184), ("2 hrs 20 min", 8400), ("2h20min", 8400),
        ("6 mos 1 day", 6 * 30 * 86_400 + 86_400), ("47 yrs 6 mos and 4d", 47 * 365.25 * 86_400 + 184 * 86_400),
        ("3 weeks and 2 days", 23 * 86_400), ("1 WEEK, 1 Day", 8 * 86_400), ("30 days", 30 * 86_400), ("1.5 h", 5400),
    ]

    @Test("the documented forms", arguments: table)
    func forms(row: (text: String, seconds: Double)) throws {
        #expect(try ExpireIn(parsing: row.text) == .after(microseconds: Int64(row.seconds * 1_000_000)), "\(row.text)")
    }

    @Test("never and 0 are no expiry", arguments: ["never", "Never", "0", "0 days"])
    func never(text: String) throws {
        #expect(try ExpireIn(parsing: text) == .never)
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", " ", "soon", "5 parsecs", "days", "5 5", "-3 days", "1..2 days", "9999999999999999999 years",
            "5 days never", "٣ days",
        ]
    )
    func refused(text: String) {
        #expect(throws: ExpireIn.ValidationError.self) { try ExpireIn(parsing: text) }
    }
}

@Suite("Full paths")
struct FullPathTests {
    @Test("letters, digits, _, -, . and + make segments", arguments: ["acme", "Acme/site.io", "a/b_c/d+e/f-1", "42/x"])
    func accepted(text: String) throws {
        #expect(try FullPath(parsing: text).text == text)
    }

    @Test(
        "anything else is refused",
        arguments: ["", "/a", "a/", "a//b", "a/.", "../a", "-a/b", "a/-b", "a b", "a/b%2F", "a\\b"]
    )
    func refused(text: String) {
        #expect(throws: FullPath.ValidationError.self) { try FullPath(parsing: text) }
    }

    @Test("paths compare regardless of case and know their parent")
    func parts() throws {
        let path = try FullPath(parsing: "Acme/Platform/Site")
        #expect(path.key == "acme/platform/site")
        #expect(path.parent?.text == "Acme/Platform")
        #expect(path.lastComponent == "Site")
        #expect(try FullPath(parsing: "top").parent == nil)
    }
}

@Suite("Names of protected refs")
struct RefPatternTests {
    static let table: [(pattern: String, ref: String, matches: Bool)] = [
        ("main", "main", true), ("main", "main2", false), ("main", "Main", false), ("*", "", true), ("*", "x/y", true),
        ("release/*", "release/1.2", true), ("release/*", "release", false), ("*-stable", "1-stable", true),
        ("*-stable", "1-stable-x", false), ("v*.*", "v1.2", true), ("v*.*", "v12", false), ("a*a", "a", false),
        ("a*a", "aa", true), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false), ("**", "x", true),
    ]

    @Test("a star stands for any characters", arguments: table)
    func matching(row: (pattern: String, ref: String, matches: Bool)) {
        #expect(RefPattern(row.pattern).matches(row.ref) == row.matches, "\(row.pattern) on \(row.ref)")
    }
}

@Suite("Artifact types")
struct FileTypeTests {
    @Test("32 types, of which nine are not handed out and one is never erased")
    func counts() {
        #expect(FileType.allCases.count == 32)
        #expect(FileType.allCases.filter { !$0.isDownloadable }.count == 9)
        #expect(FileType.allCases.filter { !$0.isErasable } == [.trace])
        #expect(FileType.allCases.filter { $0.format == .zip } == [.archive, .lsif])
        #expect(FileType.allCases.filter { $0.format == .gzip }.count == 12)
    }
}
