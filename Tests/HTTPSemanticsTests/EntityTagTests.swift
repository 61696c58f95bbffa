import HTTPSemantics
import Testing

@Suite("Entity tags")
struct EntityTagTests {
    /// The table of RFC 9110 §8.8.3.2.
    @Test(
        "comparison as in the table of RFC 9110",
        arguments: [
            ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true), ("\"1\"", "\"1\"", true, true),
        ]
    )
    func comparison(left: String, right: String, strongly: Bool, weakly: Bool) throws {
        let left = try #require(EntityTag(parsing: left))
        let right = try #require(EntityTag(parsing: right))
        #expect(left.stronglyMatches(right) == strongly && right.stronglyMatches(left) == strongly)
        #expect(left.weaklyMatches(right) == weakly && right.weaklyMatches(left) == weakly)
    }

    @Test(
        "a tag survives writing and reading",
        arguments: ["\"xyzzy\"", "W/\"xyzzy\"", "\"\"", "\"a,b\"", "\"ü\"", "\"\\\""]
    )
    func roundTrip(text: String) throws {
        #expect(try #require(EntityTag(parsing: text)).fieldValue == text)
    }

    @Test(
        "what is not exactly one tag is none",
        arguments: [
            "", "abc", "\"abc", "abc\"", "w/\"a\"", "W/abc", "\"a\" ", "\"a\"\"b\"", "\"a b\"", "\"a\nb\"",
            "\"a\u{7F}\"",
        ]
    )
    func notOneTag(text: String) {
        #expect(EntityTag(parsing: text) == nil)
    }

    @Test(
        "lists are read to their end, and a malformed list to its first error",
        arguments: [
            ("\"a\"", ["\"a\""]), ("\"a\", W/\"b\",\"c\"", ["\"a\"", "W/\"b\"", "\"c\""]),
            (" ,, \"a\" ,\t,\"b\", ", ["\"a\"", "\"b\""]),
            ("\"a,b\", \"c\"", ["\"a,b\"", "\"c\""]), ("", []), ("abc", []), ("\"a\", abc, \"b\"", ["\"a\""]),
            ("\"a\" \"b\"", ["\"a\""]),
            ("*, \"a\"", []), ("\"a\", *", ["\"a\""]),
        ] as [(String, [String])]
    )
    func lists(text: String, tags: [String]) {
        #expect(EntityTagList(parsing: text) == .tags(tags.compactMap(EntityTag.init(parsing:))))
    }

    @Test("an asterisk alone is any representation", arguments: ["*", " * "])
    func asterisk(text: String) {
        #expect(EntityTagList(parsing: text) == .any)
    }
}
