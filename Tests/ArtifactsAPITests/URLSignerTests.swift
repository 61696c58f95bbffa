import ContentStore
import Cryptography
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("Signed URLs")
struct URLSignerTests {
    private static let secret = String(repeating: "0123456789abcdef", count: 4)
    private static let other = String(repeating: "fedcba9876543210", count: 4)

    private func signer(_ keys: String = Self.secret, now: Int64 = 1_700_000_000) throws -> URLSigner {
        try URLSigner(base: "http://cdn.test", lifetime: 60, keys: SigningKeys(parsing: keys)) { now }
    }

    private func url(_ signer: URLSigner, name: String = "a b.zip", id: Int64 = 5) throws -> String? {
        let digest = try SHA256Digest(hashing: Array("content".utf8))
        return try signer.url(
            of: ContentReference(id: id, digest: digest),
            lastModified: 784_111_777,
            disposition: .archive(name: name)
        )
    }

    /// What nginx sees: the path decoded once, and the signature.
    private func seen(_ url: String) throws -> (path: String, signature: String) {
        let target = Array(try #require(url.split(separator: "cdn.test").last).utf8)
        let parts = target.split(separator: UInt8(ascii: "?"))
        try #require(parts.count == 2)
        let path = try #require(PercentCoding.decodeToString(parts[0], plusIsSpace: false))
        return (path, String(decoding: parts[1].dropFirst(2), as: UTF8.self))
    }

    @Test("everything that shapes the answer is in the path, in the order that nginx takes it apart")
    func path() throws {
        let url = try #require(try self.url(signer()))
        let digest = try SHA256Digest(hashing: Array("content".utf8))
        let key = try SigningKeys(parsing: Self.secret).current
        let place = "\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2).prefix(2))/\(digest.hex).5"
        let disposition = #"attachment; filename="a b.zip"; filename*=UTF-8''a%20b.zip"#
        #expect(url.hasPrefix("http://cdn.test/\(key.id)/1700000060/\(place)/"))
        #expect(
            try seen(url).path
                == "/\(key.id)/1700000060/\(place)/\(digest.base64)/Sun, 06 Nov 1994 08:49:37 GMT/\(disposition)"
        )
    }

    @Test("the signature is that of the decoded path between two secrets")
    func signature() throws {
        let (path, signature) = try seen(try #require(try url(signer())))
        #expect(signature == (try SecureLinkMD5.sign("\(Self.secret) \(path) \(Self.secret)")))
    }

    @Test("nothing of the key is in the URL")
    func secrecy() throws {
        let url = try #require(try self.url(signer()))
        #expect(!url.contains(Self.secret.prefix(16)))
    }

    static let names = [
        "artifacts.zip", "r\u{E9}sum\u{E9}.zip", "\u{65E5}\u{672C}.zip", "100%.zip", "%2e%2e", "a?b#c&d=e;f+g.zip",
        #"q"uo\te.zip"#, "..", "x\r\nX-Evil: 1", "a\0b\u{7F}", " ", String(repeating: "\u{E9}", count: 127),
    ]

    @Test("whatever the name, the URL is plain ASCII and the header in it is that of the answer", arguments: names)
    func anyName(name: String) throws {
        let url = try #require(try self.url(signer(), name: name))
        #expect(url.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") })
        #expect(try seen(url).path.hasSuffix("/" + ContentDisposition.archive(name: name).fieldValue))
        #expect(!url.contains("/../"))
    }

    @Test("a name with a slash, or one that is endless, is in no URL")
    func refusedNames() throws {
        #expect(try url(signer(), name: "a/b.zip") == nil)
        #expect(try url(signer(), name: String(repeating: "a", count: 4000)) == nil)
    }

    @Test("every part changes the signature")
    func parts() throws {
        let urls = try [
            url(signer()), url(signer(), name: "b.zip"), url(signer(), id: 6), url(signer(now: 1_700_000_001)),
            url(signer(Self.other)),
        ]
        let signatures = try urls.map { try seen(try #require($0)).signature }
        #expect(Set(signatures).count == urls.count)
    }

    @Test("a clock at its end cannot trap")
    func clock() throws {
        #expect(try url(signer(now: .max))?.contains("/\(Int64.max)/") == true)
    }

    @Test("replaced keys sign from the next URL on")
    func replacement() throws {
        let signer = try self.signer()
        let keys = try SigningKeys(parsing: "\(Self.other)\n\(Self.secret)")
        signer.replaceKeys(keys)
        #expect(try url(signer)?.contains("/\(keys.current.id)/") == true)
        #expect(try url(signer) == url(self.signer(Self.other)))
    }
}
