import ContentStore
import Cryptography
import Glibc
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

/// A request for an archive of 1000 bytes, and who answers it with what.
struct ArchiveCase: Sendable, CustomTestStringConvertible {
    let method: String
    /// `TAG` stands for the archive's tag, `NOW` for its `Last-Modified`, `OLD` for the second before.
    let fields: [(name: String, value: String)]
    let outcome: String
    var testDescription: String { "\(method) \(fields.map { "\($0.name): \($0.value)" }.joined(separator: ", "))" }

    init(_ outcome: String, _ method: String = "GET", _ fields: (String, String)...) {
        self.method = method
        self.fields = fields.map { (name: $0.0, value: $0.1) }
        self.outcome = outcome
    }
}

@Suite("Archives")
struct ArchiveEndpointTests {
    private static let content = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    static let ranges = [
        ArchiveCase("200 accel"),
        ArchiveCase("200 worker", "HEAD"),
        ArchiveCase("200 worker", "HEAD", ("Range", "bytes=0-9")),
        ArchiveCase("200 worker", "HEAD", ("Range", "bytes=5000-")),
        ArchiveCase("200 accel", "GET", ("Range", "bytes=0-9")),
        ArchiveCase("200 accel", "GET", ("Range", "bytes=990-")),
        ArchiveCase("200 accel", "GET", ("Range", "bytes=-10")),
        ArchiveCase("200 accel", "GET", ("Range", "bytes=-5000")),
        ArchiveCase("200 accel", "GET", ("Range", "bytes=0-5000")),
        ArchiveCase("206 worker", "GET", ("Range", "bytes=0-99999999999999999999")),
        ArchiveCase("206 worker", "GET", ("Range", "bytes=-99999999999999999999")),
        ArchiveCase("206 worker", "GET", ("Range", "Bytes=0-9")),
        ArchiveCase("206 worker", "GET", ("Range", "bytes= 0-9")),
        ArchiveCase("206 worker", "GET", ("Range", "bytes=0-9,")),
        ArchiveCase("206 worker", "GET", ("Range", "bytes=0-1,5-6")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=5-2")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=abc")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=-")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=--5")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=1-2-3")),
        ArchiveCase("200 worker", "GET", ("Range", "items=0-9")),
        ArchiveCase("200 worker", "GET", ("Range", "")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=0-5,3-8")),
        ArchiveCase("200 worker", "GET", ("Range", "bytes=" + (0..<17).map { "\($0)-\($0)" }.joined(separator: ","))),
        ArchiveCase("416 none", "GET", ("Range", "bytes=1000-")),
        ArchiveCase("416 none", "GET", ("Range", "bytes=-0")),
        ArchiveCase("416 none", "GET", ("Range", "bytes=99999999999999999999-")),
    ]

    static let conditions = [
        ArchiveCase("304 none", "GET", ("If-None-Match", "TAG")),
        ArchiveCase("304 none", "HEAD", ("If-None-Match", "TAG")),
        ArchiveCase("304 none", "GET", ("If-None-Match", "W/TAG")),
        ArchiveCase("304 none", "GET", ("If-None-Match", #""x", TAG"#)),
        ArchiveCase("304 none", "GET", ("If-None-Match", "*")),
        ArchiveCase("304 none", "GET", ("If-None-Match", "TAG"), ("Range", "bytes=5000-")),
        ArchiveCase("200 accel", "GET", ("If-None-Match", #""x""#)),
        ArchiveCase("200 accel", "GET", ("If-None-Match", #""x""#), ("Range", "bytes=0-9")),
        ArchiveCase("200 accel", "GET", ("If-None-Match", #""x""#), ("If-Modified-Since", "NOW")),
        ArchiveCase("304 none", "GET", ("If-Modified-Since", "NOW")),
        ArchiveCase("200 accel", "GET", ("If-Modified-Since", "OLD")),
        ArchiveCase("200 worker", "GET", ("If-Match", "TAG")),
        ArchiveCase("200 worker", "GET", ("If-Match", "*")),
        ArchiveCase("206 worker", "GET", ("If-Match", "TAG"), ("Range", "bytes=0-9")),
        ArchiveCase("412 none", "GET", ("If-Match", #""x""#)),
        ArchiveCase("412 none", "GET", ("If-Match", "W/TAG")),
        ArchiveCase("412 none", "GET", ("If-Match", #""x""#), ("Range", "bytes=5000-")),
        ArchiveCase("412 none", "HEAD", ("If-Match", #""x""#)),
        ArchiveCase("200 worker", "GET", ("If-Unmodified-Since", "NOW")),
        ArchiveCase("412 none", "GET", ("If-Unmodified-Since", "OLD")),
        ArchiveCase("206 worker", "GET", ("If-Range", "TAG"), ("Range", "bytes=0-9")),
        ArchiveCase("206 worker", "GET", ("If-Range", "NOW"), ("Range", "bytes=0-9")),
        ArchiveCase("200 worker", "GET", ("If-Range", #""x""#), ("Range", "bytes=0-9")),
        ArchiveCase("200 worker", "GET", ("If-Range", "OLD"), ("Range", "bytes=0-9")),
        ArchiveCase("200 worker", "GET", ("If-Range", "W/TAG"), ("Range", "bytes=0-9")),
        ArchiveCase("200 accel", "GET", ("If-Range", "TAG")),
    ]

    @Test("nginx gets only what it does right", arguments: ranges + conditions)
    func delivery(row: ArchiveCase) throws {
        let stored = try StoredArchive(Self.content)
        let answer = stored.answer(try Self.request(row, stored))
        #expect("\(answer.status) \(answer.delivery)" == row.outcome)
    }

    @Test("with redirect the client is sent on where nginx would send, and only there", arguments: ranges + conditions)
    func redirected(row: ArchiveCase) throws {
        let stored = try StoredArchive(Self.content)
        let answer = stored.answer(try Self.request(row, stored), .redirect(try Self.signer()))
        let expected = row.outcome == "200 accel" ? "302 redirect" : row.outcome
        #expect("\(answer.status) \(answer.delivery)" == expected)
    }

    @Test("a redirect tells the URL and nothing else, to nobody else")
    func redirect() throws {
        let stored = try StoredArchive(Self.content)
        let request = try makeRequest("/?private_token=secret", fields: [("PRIVATE-TOKEN", "secret")])
        let sent = try SentAnswer(stored.answer(request, .redirect(try Self.signer())))
        let location = try #require(sent.values("Location").first)
        #expect(location.hasPrefix("http://cdn.test/"))
        #expect(!sent.header.contains("secret"))
        #expect(
            sent.lines == [
                "Status: 302 Found",
                "X-Content-Type-Options: nosniff",
                "X-Frame-Options: SAMEORIGIN",
                "X-Request-Id: test",
                "Content-Length: 23",
                "Location: \(location)",
                "Cache-Control: private, no-store",
                "Referrer-Policy: no-referrer",
                "Content-Type: application/json",
            ]
        )
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"message":"302 Found"}"#)
    }

    @Test(
        "below the threshold the worker sends what nginx would, from it on nginx",
        arguments: [(0, "accel"), (1000, "accel"), (1001, "worker")] as [(Int64, String)]
    )
    func inline(row: (threshold: Int64, delivery: String)) throws {
        let stored = try StoredArchive(Self.content)
        let delivery = ArchiveDelivery.accel(inlineBelow: row.threshold)
        let whole = stored.answer(try makeRequest(), delivery)
        #expect("\(whole.status) \(whole.delivery)" == "200 \(row.delivery)")
        let part = stored.answer(try makeRequest(fields: [("Range", "bytes=0-9")]), delivery)
        #expect("\(part.status) \(part.delivery)" == (row.delivery == "worker" ? "206 worker" : "200 accel"))
    }

    @Test("what the worker sends inline is the file with the header of HEAD")
    func inlineBytes() throws {
        let stored = try StoredArchive(Self.content)
        let delivery = ArchiveDelivery.accel(inlineBelow: 1001)
        let sent = try SentAnswer(stored.answer(makeRequest(), delivery))
        #expect(sent.header == (try SentAnswer(stored.answer(makeRequest(method: "HEAD")), method: .head)).header)
        #expect(sent.body == Self.content)
    }

    @Test(
        "every answer announces the length that is sent, and none where nginx or nobody sends",
        arguments: ranges + conditions
    )
    func length(row: ArchiveCase) throws {
        let stored = try StoredArchive(Self.content)
        let request = try Self.request(row, stored)
        let sent = try SentAnswer(stored.answer(request), method: request.method)
        #expect(sent.failure == nil)
        let declared = sent.values("Content-Length")
        if row.outcome == "200 accel" || row.outcome == "304 none" {
            #expect(declared.isEmpty)
            #expect(sent.body.isEmpty)
        } else if request.method == .head {
            #expect(declared == [row.outcome == "412 none" ? "37" : "1000"])
            #expect(sent.body.isEmpty)
        } else {
            #expect(declared == ["\(sent.body.count)"])
        }
    }

    @Test("the whole is handed to nginx by a path without any byte of a user")
    func accelerated() throws {
        let stored = try StoredArchive(Self.content)
        let sent = try SentAnswer(stored.answer(makeRequest()))
        let digest = stored.archive.content.digest.hex
        #expect(
            sent.lines == [
                "Status: 200 OK",
                "X-Content-Type-Options: nosniff",
                "X-Frame-Options: SAMEORIGIN",
                "X-Request-Id: test",
                #"Content-Disposition: attachment; filename="artifacts.zip"; filename*=UTF-8''artifacts.zip"#,
                "Content-Transfer-Encoding: binary",
                "Repr-Digest: sha-256=:\(stored.archive.content.digest.base64):",
                "Cache-Control: private, no-cache",
                "ETag: \"\(digest)\"",
                "Last-Modified: \(StoredArchive.lastModified)",
                "Content-Type: application/octet-stream",
                "X-Accel-Redirect: /_content/\(digest.prefix(2))/\(digest.dropFirst(2).prefix(2))/\(digest).1",
            ]
        )
    }

    @Test("HEAD has the header of a GET that the worker answers")
    func head() throws {
        let stored = try StoredArchive(Self.content)
        let head = try SentAnswer(stored.answer(makeRequest(method: "HEAD")), method: .head)
        let get = try SentAnswer(stored.answer(makeRequest(fields: [("If-Match", "*")])))
        #expect(head.header == get.header)
        #expect(head.values("Accept-Ranges") == ["bytes"])
        #expect(get.body == Self.content)
    }

    @Test("a range is sent with its place in the whole")
    func range() throws {
        let stored = try StoredArchive(Self.content)
        let sent = try SentAnswer(stored.answer(makeRequest(fields: [("Range", "Bytes=-10")])))
        #expect(sent.values("Content-Range") == ["bytes 990-999/1000"])
        #expect(sent.body == Array(Self.content[990...]))
    }

    @Test("several ranges are sent as multipart/byteranges, in the order of the request")
    func multipart() throws {
        let stored = try StoredArchive(Self.content)
        let sent = try SentAnswer(stored.answer(makeRequest(fields: [("Range", "bytes=10-12,0-1")])))
        let prefix = "multipart/byteranges; boundary="
        let type = try #require(sent.values("Content-Type").first)
        try #require(type.hasPrefix(prefix))
        let boundary = type.dropFirst(prefix.count)
        func part(_ range: ClosedRange<Int>) -> [UInt8] {
            let head =
                "\r\n--\(boundary)\r\nContent-Type: application/octet-stream\r\n"
                + "Content-Range: bytes \(range.lowerBound)-\(range.upperBound)/1000\r\n\r\n"
            return Array(head.utf8) + Self.content[range]
        }
        #expect(sent.body == part(10...12) + part(0...1) + Array("\r\n--\(boundary)--\r\n".utf8))
        #expect(sent.values("Content-Range").isEmpty)
    }

    @Test("an unsatisfiable range is told the size")
    func unsatisfiable() throws {
        let stored = try StoredArchive(Self.content)
        let sent = try SentAnswer(stored.answer(makeRequest(fields: [("Range", "bytes=1000-")])))
        #expect(sent.values("Content-Range") == ["bytes */1000"])
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"message":"416 Range Not Satisfiable"}"#)
    }

    @Test("content that is lost or has another size is a fault, told before the first byte")
    func lost() throws {
        let stored = try StoredArchive(Self.content)
        try #require(truncate(stored.path, 999) == 0)
        let short = try SentAnswer(stored.answer(makeRequest(method: "HEAD")))
        #expect(short.lines.first == "Status: 500 Internal Server Error")
        #expect(String(decoding: short.body, as: UTF8.self) == #"{"message":"500 Archive is corrupt"}"#)
        try #require(unlink(stored.path) == 0)
        let lost = try SentAnswer(stored.answer(makeRequest(method: "HEAD")))
        #expect(String(decoding: lost.body, as: UTF8.self) == #"{"message":"500 Internal Server Error"}"#)
    }

    private static func signer() throws -> URLSigner {
        let keys = try SigningKeys(parsing: String(repeating: "0123456789abcdef", count: 4))
        return try URLSigner(base: "http://cdn.test", lifetime: 60, keys: keys) { 1_700_000_000 }
    }

    private static func request(_ row: ArchiveCase, _ stored: StoredArchive) throws -> APIRequest {
        let fields = row.fields.map { field in
            let value = field.value.split(separator: "TAG", omittingEmptySubsequences: false)
                .joined(separator: "\"\(stored.archive.content.digest.hex)\"")
            switch value {
            case "NOW": return (name: field.name, value: StoredArchive.lastModified)
            case "OLD": return (name: field.name, value: "Sun, 06 Nov 1994 08:49:36 GMT")
            default: return (name: field.name, value: value)
            }
        }
        return try makeRequest(method: row.method, fields: fields)
    }
}
