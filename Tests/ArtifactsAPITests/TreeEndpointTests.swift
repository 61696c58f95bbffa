import Glibc
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("Lists of archives")
struct TreeEndpointTests {
    private static func stored() throws -> StoredArchive {
        try StoredArchive([
            ZipFile.Member("b.txt", "12345"),
            ZipFile.Member("a/x/deep.txt", "deep"),
            ZipFile.Member("a-b", "minus"),
            ZipFile.Member("a.txt").with { $0.mode = 0o100755 },
            ZipFile.Member("a/link", "../b.txt").with { $0.mode = 0o120777 },
            ZipFile.Member("a/secret", "x").with { $0.flags = 1 },
            ZipFile.Member("empty/").with { $0.mode = 0o040700 },
        ])
    }

    /// The answer for a query as its status and body.
    private static func list(_ stored: StoredArchive, _ query: String) throws -> SentAnswer {
        let request = try makeRequest("/api/v4/projects/1/jobs/42/artifacts/tree?\(query)")
        let endpoint = TreeEndpoint(store: stored.store, externalURL: "https://ci.example")
        var answer: Answer
        do throws(RequestFailure) {
            answer = try endpoint.answer(TreeParameters(job: raw("42"), request.query), of: stored.archive, request)
        } catch {
            answer = Answer(error)
        }
        return try SentAnswer(answer)
    }

    static let lists: [(String, [String])] = [
        (
            "",
            [
                #"{"name":"a","path":"a/","type":"directory","mode":"040755"}"#,
                #"{"name":"empty","path":"empty/","type":"directory","mode":"040755"}"#,
                #"{"name":"a-b","path":"a-b","type":"file","size":5,"mode":"100644"}"#,
                #"{"name":"a.txt","path":"a.txt","type":"file","size":0,"mode":"100755"}"#,
                #"{"name":"b.txt","path":"b.txt","type":"file","size":5,"mode":"100644"}"#,
            ]
        ),
        (
            "path=a",
            [
                #"{"name":"x","path":"a/x/","type":"directory","mode":"040755"}"#,
                #"{"name":"link","path":"a/link","type":"file","size":8,"mode":"120777"}"#,
                #"{"name":"secret","path":"a/secret","type":"file","size":1,"mode":"100644"}"#,
            ]
        ),
        ("path=a%2Fx%2F", [#"{"name":"deep.txt","path":"a/x/deep.txt","type":"file","size":4,"mode":"100644"}"#]),
        ("path=empty", []),
        ("page=9", []),
    ]

    @Test("directories come first, then files, each in byte order", arguments: lists)
    func list(query: String, entries: [String]) throws {
        let sent = try Self.list(Self.stored(), query)
        #expect(String(decoding: sent.body, as: UTF8.self) == "[\(entries.joined(separator: ","))]")
        #expect(sent.values("Content-Type") == ["application/json"])
    }

    @Test("recursive is everything below in byte order of the path, slashes included")
    func recursive() throws {
        let stored = try Self.stored()
        let sent = try Self.list(stored, "recursive=true")
        let paths = String(decoding: sent.body, as: UTF8.self).split(separator: #""path":""#).dropFirst()
            .map { String($0.prefix { $0 != "\"" }) }
        let expected = ["a-b", "a.txt", "a/", "a/link", "a/secret", "a/x/", "a/x/deep.txt", "b.txt", "empty/"]
        #expect(paths == expected)
        #expect(sent.values("X-Total") == ["9"])
        #expect(try Self.list(stored, "recursive=1&path=a").values("X-Total") == ["4"])
    }

    @Test("pages are cut, and linked with what else was asked for")
    func pages() throws {
        let sent = try Self.list(Self.stored(), "path=a%2F&recursive=1&per_page=1&page=2")
        let entry = #"[{"name":"secret","path":"a/secret","type":"file","size":1,"mode":"100644"}]"#
        #expect(String(decoding: sent.body, as: UTF8.self) == entry)
        #expect(sent.values("X-Total-Pages") == ["4"])
        #expect(sent.values("X-Next-Page") == ["3"])
        #expect(sent.values("X-Prev-Page") == ["1"])
        let link = try #require(sent.values("Link").first)
        let page = "https://ci.example/api/v4/projects/1/jobs/42/artifacts/tree?path=a%2F&recursive=1&page=3&per_page=1"
        #expect(link.contains("<\(page)>; rel=\"next\""), "\(link)")
    }

    @Test(
        "an unknown path and a file are missing, an invalid one is a bad request",
        arguments: [
            ("path=none", 404), ("path=a.txt", 404), ("path=a%2Flink", 404), ("path=A", 404), ("path=a%2Fx%2Fy", 404),
            ("path=%2F", 400), ("path=a%2F%2F", 400), ("path=..", 400), ("path=a%2F.%2Fx", 400), ("path=a%5Cx", 400),
            ("path=%2Fa", 400),
        ]
    )
    func missing(query: String, status: Int) throws {
        let sent = try Self.list(Self.stored(), query)
        let body = status == 404 ? "404 Path Not Found" : "400 Bad request"
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"message":"\#(body)"}"#)
    }
}
