import HTTPSemantics
import Testing

@Suite("Request targets")
struct RequestTargetTests {
    @Test(
        "a target is split at its first question mark and at its slashes, and nothing is decoded",
        arguments: [
            ("/", "/", [""], ""), ("/a", "/a", ["a"], ""), ("/a//b/", "/a//b/", ["a", "", "b", ""], ""),
            ("/a?", "/a", ["a"], ""), ("/a?b=c?d", "/a", ["a"], "b=c?d"), ("/a?/b", "/a", ["a"], "/b"),
            ("/projects/g%2Fp/x", "/projects/g%2Fp/x", ["projects", "g%2Fp", "x"], ""),
            ("/a%3Fb?c", "/a%3Fb", ["a%3Fb"], "c"),
            ("/a/../%2e%2e/b", "/a/../%2e%2e/b", ["a", "..", "%2e%2e", "b"], ""),
            ("/d e".replacingSpace, "/d%20e", ["d%20e"], ""), ("/ü", "/ü", ["ü"], ""), ("/%zz", "/%zz", ["%zz"], ""),
            ("http://host/a?b", "/a", ["a"], "b"), ("HTTPS://host:443", "/", [""], ""),
            ("http://host?q=/", "/", [""], "q=/"),
        ]
    )
    func splitting(raw: String, path: String, segments: [String], query: String) throws {
        let target = try RequestTarget(raw)
        #expect(String(decoding: target.path, as: UTF8.self) == path)
        #expect(target.pathSegments.map { String(decoding: $0, as: UTF8.self) } == segments)
        #expect(String(decoding: target.query, as: UTF8.self) == query)
    }

    @Test(
        "what is no origin-form or absolute-form target is refused",
        arguments: [
            "", "a", "*", "?a", "http://", "http:///a", "ftp://host/", "host:443", "/a b", "/a#b", "/a\u{0}", "/a\r\nb",
            "/\u{7F}",
        ]
    )
    func malformed(raw: String) {
        #expect(throws: HTTPSemanticsError.malformedRequestTarget) { try RequestTarget(raw) }
    }
}

extension String {
    fileprivate var replacingSpace: String { split(separator: " ").joined(separator: "%20") }
}

@Suite("Queries")
struct QueryTests {
    @Test(
        "pairs are decoded in their order",
        arguments: [
            ("", []), ("&&", []), ("a=1&b=2", ["a:1", "b:2"]), ("a=1&&b=2&", ["a:1", "b:2"]), ("a", ["a:"]),
            ("a=", ["a:"]),
            ("=v", [":v"]), ("a=b=c", ["a:b=c"]), ("a;b=c", ["a;b:c"]),
            ("scope%5B%5D=success&scope[]=failed", ["scope[]:success", "scope[]:failed"]),
            ("job=build+%26+test%3A+a%2Fb", ["job:build & test: a/b"]), ("job=build%20a", ["job:build a"]),
            ("a+b=c%2Bd", ["a b:c+d"]), ("n=%C3%BC", ["n:ü"]),
        ] as [(String, [String])]
    )
    func parsing(raw: String, pairs: [String]) throws {
        #expect(try Query(raw).parameters.map { "\($0.name):\($0.value)" } == pairs)
    }

    @Test("of a repeated parameter the last wins, and a list keeps all")
    func repetition() throws {
        let query = try Query("job=a&path%5B%5D=x&job=b&path[]=y&job=")
        #expect(query.last("job") == "")
        #expect(query.all("path[]") == ["x", "y"])
        #expect(query.last("JOB") == nil && query.all("path").isEmpty)
    }

    @Test("names are compared byte for byte, not by their Unicode normal form")
    func normalForms() throws {
        #expect(try Query("e%CC%81=1").last("\u{E9}") == nil)
        #expect(try Query("%C3%A9=1").last("\u{E9}") == "1")
    }

    @Test(
        "a query that cannot be decoded is an error",
        arguments: ["a=%", "a=%zz", "%2=a", "a=1&b=%ff", "a=%00", "ok=1&%C3=2"]
    )
    func malformed(raw: String) {
        #expect(throws: HTTPSemanticsError.malformedQuery) { try Query(raw) }
    }

    @Test("the descriptions name no value of the client")
    func descriptions() {
        #expect(HTTPSemanticsError.invalidParameter(.perPage).description == "per_page is invalid")
        #expect(HTTPSemanticsError.malformedQuery.description == "query is invalid")
        #expect(HTTPSemanticsError.malformedRequestTarget.description == "request target is invalid")
    }
}
