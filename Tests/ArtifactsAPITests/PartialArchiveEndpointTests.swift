import ContentStore
import Cryptography
import Glibc
import Testing

@testable import ArtifactsAPI

@Suite("Parts of archives")
struct PartialArchiveEndpointTests {
    private static let members = [
        ZipFile.Member("a/one.txt", "one"),
        ZipFile.Member("b.txt", "beside"),
        ZipFile.Member("a/two.bin", [UInt8](repeating: 7, count: 100_000)),
        ZipFile.Member("a/packed.txt", "packed").with { $0.isDeflated = true },
    ]
    /// Without `b.txt`, what the same writer makes is what is sent.
    private static let part = ZipFile.bytes(members.filter { $0.name != "b.txt" })

    private static func answer(_ stored: StoredArchive, _ paths: [String], _ request: APIRequest) -> Answer {
        do throws(RequestFailure) {
            return try PartialArchiveEndpoint(store: stored.store).answer(paths, of: stored.archive, request)
        } catch {
            return Answer(error)
        }
    }

    private static func send(
        _ stored: StoredArchive,
        _ paths: [String],
        method: String = "GET",
        fields: [(name: String, value: String)] = []
    ) throws -> SentAnswer {
        let request = try makeRequest(method: method, fields: fields)
        return try SentAnswer(answer(stored, paths, request), method: request.method)
    }

    private static func tag(_ stored: StoredArchive, _ paths: String) throws -> String {
        "\"\(try SHA256Digest(hashing: "\(stored.archive.content.digest.hex):\(paths)").hex)\""
    }

    @Test("are sent by the worker with the header of an archive, without its digest")
    func whole() throws {
        let stored = try StoredArchive(Self.members)
        let sent = try Self.send(stored, ["a"])
        #expect(sent.body == Self.part)
        #expect(
            sent.lines == [
                "Status: 200 OK",
                "X-Content-Type-Options: nosniff",
                "X-Frame-Options: SAMEORIGIN",
                "X-Request-Id: test",
                #"Content-Disposition: attachment; filename="artifacts.zip"; filename*=UTF-8''artifacts.zip"#,
                "Content-Transfer-Encoding: binary",
                "Cache-Control: private, no-cache",
                "ETag: \(try Self.tag(stored, "a"))",
                "Last-Modified: \(StoredArchive.lastModified)",
                "Content-Type: application/octet-stream",
                "Accept-Ranges: bytes",
                "Content-Length: \(Self.part.count)",
            ]
        )
        let head = try Self.send(stored, ["a"], method: "HEAD")
        #expect(head.lines == sent.lines)
        #expect(head.body.isEmpty)
    }

    @Test(
        "have a tag of the archive and the sorted paths",
        arguments: [
            (["b.txt", "a/"], "a\0b.txt"), (["a", "b.txt", "a"], "a\0b.txt"), (["a/one.txt"], "a/one.txt"),
            (["a", "a/one.txt"], "a\0a/one.txt"),
        ] as [([String], String)]
    )
    func tag(paths: [String], joined: String) throws {
        let stored = try StoredArchive(Self.members)
        let tag = try Self.tag(stored, joined)
        #expect(try Self.send(stored, paths).values("ETag") == [tag])
        let second = try Self.send(stored, paths, fields: [("If-None-Match", tag)])
        #expect(second.lines.first == "Status: 304 Not Modified")
    }

    private static let size = part.count

    @Test(
        "have ranges",
        arguments: [("bytes=0-9", 0..<10), ("bytes=-30", (size - 30)..<size), ("bytes=50-60000", 50..<60_001)]
    )
    func ranges(range: String, window: Range<Int>) throws {
        let stored = try StoredArchive(Self.members)
        #expect(try Self.send(stored, ["a"], fields: [("Range", range)]).body == Array(Self.part[window]))
    }

    static let failures: [([String], String)] = [
        (["none"], "404 Path Not Found"), (["a", "none"], "404 Path Not Found"), ([""], "400 Bad request"),
        (["/"], "400 Bad request"), (["a//"], "400 Bad request"), (["a/../b.txt"], "400 Bad request"),
        (["a", "/b.txt"], "400 Bad request"), (["none", "."], "400 Bad request"), (["a\\b"], "400 Bad request"),
    ]

    @Test("of paths that are missing or none", arguments: failures)
    func failure(paths: [String], message: String) throws {
        let stored = try StoredArchive(Self.members)
        let tags = [("If-None-Match", "*"), ("Range", "bytes=999999999-")].map { (name: $0.0, value: $0.1) }
        let sent = try Self.send(stored, paths, fields: tags)
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"message":"\#(message)"}"#)
        let reasons = message.hasPrefix("404") ? ["member_not_found"] : []
        #expect(sent.values("X-Artifact-Reason") == reasons)
    }

    @Test("of a damaged archive are a fault, told before the first byte")
    func damaged() throws {
        let stored = try StoredArchive(Self.members.map { $0.with { $0.hasLocalHeader = $0.name != "a/one.txt" } })
        let sent = try Self.send(stored, ["a"])
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"message":"500 Archive is corrupt"}"#)
        #expect(try Self.send(stored, ["b.txt"]).lines.first == "Status: 200 OK")
    }
}
