import Cryptography
import Testing

@testable import ArtifactsAPI

@Suite("Idempotency keys")
struct IdempotencyKeyTests {
    private static let text = "8e03978e-40d5-43e8-bc93-6894a57f9324"

    @Test("quotes are no part of a key")
    func quotes() throws {
        #expect(try IdempotencyKey(Self.text) == IdempotencyKey("\"\(Self.text)\""))
    }

    @Test(
        "what is no key is refused",
        arguments: [
            "", "\"\"", "fifteen-letters", "sixteen letters!", String(repeating: "a", count: 256), "\"\(text)",
            "\(text)\\",
            "\(text)\u{E4}", "\(text)\u{7F}",
        ]
    )
    func malformed(field: String) {
        #expect(throws: RequestFailure.self) { try IdempotencyKey(field) }
    }

    @Test("what is derived depends on key, access token, purpose and pipeline, and is the same each time")
    func derivation() throws {
        let (first, second) = (try SHA256Digest(hashing: "a"), try SHA256Digest(hashing: "b"))
        let (key, other) = (try IdempotencyKey(Self.text), try IdempotencyKey(Self.text + "x"))
        let tokens = [
            try NewJobToken(key, pipeline: 1, for: first), try NewJobToken(key, pipeline: 2, for: first),
            try NewJobToken(key, pipeline: 1, for: second), try NewJobToken(other, pipeline: 1, for: first),
        ]
        #expect(Set(tokens.map(\.text)).count == 4)
        #expect(try NewJobToken(key, pipeline: 1, for: first).text == tokens[0].text)
        #expect(tokens.allSatisfy { $0.text.hasPrefix("glcbt-") && $0.text.utf8.count == 38 })
        #expect(try key.stored(for: first) != key.stored(for: second))
        #expect(try !key.stored(for: first).contains(Self.text))
    }
}
