import Cryptography
import Testing

/// Vectors of FIPS 180-4 (NIST example values) and of the empty message.
@Suite("SHA-256")
struct SHA256Tests {
    static let vectors: [(message: String, hex: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ]

    @Test("a message hashes to its published digest, at once, as bytes and in pieces", arguments: vectors)
    func publishedVector(message: String, hex: String) throws {
        #expect(try SHA256Digest(hashing: message).hex == hex)
        #expect(try SHA256Digest(hashing: Array(message.utf8)).hex == hex)
        var hasher = try SHA256Hasher()
        for byte in message.utf8 { try hasher.update([byte]) }
        #expect(try hasher.finalize().hex == hex)
    }

    @Test("a million times a, in pieces of uneven size, hashes to its published digest")
    func millionBytes() throws {
        var hasher = try SHA256Hasher()
        var left = 1_000_000
        while left > 0 {
            let piece = [UInt8](repeating: UInt8(ascii: "a"), count: min(left, 7919))
            try piece.withUnsafeBytes { try hasher.update($0) }
            left -= piece.count
        }
        #expect(try hasher.finalize().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("an empty update changes nothing")
    func emptyUpdate() throws {
        var hasher = try SHA256Hasher()
        try hasher.update(UnsafeRawBufferPointer(start: nil, count: 0))
        try hasher.update([])
        #expect(try hasher.finalize() == SHA256Digest(hashing: ""))
    }

    @Test("a hasher that is dropped half-way frees its context without a digest")
    func abandonedHasher() throws {
        for _ in 0..<1000 {
            var hasher = try SHA256Hasher()
            try hasher.update([1, 2, 3])
        }
        #expect(try SHA256Digest(hashing: "abc").hex == Self.vectors[1].hex)
    }
}

@Suite("SHA-256 digests as values")
struct SHA256DigestTests {
    private let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("a digest survives hexadecimal and bytes")
    func roundTrips() throws {
        let digest = try SHA256Digest(hashing: "abc")
        #expect(SHA256Digest(hex: hex) == digest)
        #expect(SHA256Digest(hex: hex.uppercased()) == digest)
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
        #expect(SHA256Digest(bytes: digest.bytes[...]) == digest)
        #expect(digest.bytes.first == 0xBA && digest.bytes.last == 0xAD && digest.bytes.count == 32)
        #expect(digest.withUnsafeBytes { SHA256Digest(bytes: $0) } == digest)
        #expect(Set([digest, try SHA256Digest(hashing: "abc"), try SHA256Digest(hashing: "abd")]).count == 2)
    }

    @Test("what is not 32 bytes is no digest", arguments: [0, 31, 33])
    func wrongByteCount(count: Int) {
        #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test(
        "what is not 64 hexadecimal digits is no digest",
        arguments: [
            "", "ba78", String(repeating: "g", count: 64), String(repeating: "a", count: 63),
            "é" + String(repeating: "a", count: 62),
        ]
    )
    func wrongHex(text: String) {
        #expect(SHA256Digest(hex: text) == nil, "\(text)")
    }

    @Test("Base64 is the form of Repr-Digest")
    func base64() throws {
        // RFC 9530, the digest of {"hello": "world"} followed by a line feed.
        let digest = try SHA256Digest(hashing: "{\"hello\": \"world\"}\n")
        #expect(digest.base64 == "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=")
    }
}
