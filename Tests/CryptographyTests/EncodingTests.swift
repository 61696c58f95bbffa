import Cryptography
import Testing

@Suite("Encodings")
struct EncodingTests {
    /// RFC 4648 §10.
    @Test(
        "Base64 of the RFC's examples",
        arguments: [
            ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"),
            ("foob", "Zm9vYg==", "Zm9vYg"), ("fooba", "Zm9vYmE=", "Zm9vYmE"), ("foobar", "Zm9vYmFy", "Zm9vYmFy"),
        ]
    )
    func base64(text: String, standard: String, urlSafe: String) {
        #expect(Base64.encode(text.utf8) == standard)
        #expect(Base64.encode(text.utf8, alphabet: .urlSafe) == urlSafe)
    }

    @Test("the two alphabets differ in their last two characters")
    func alphabets() {
        #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
        #expect(Base64.encode([0xFB, 0xFF, 0xBF], alphabet: .urlSafe) == "-_-_")
    }

    @Test("hexadecimal survives every byte")
    func hex() {
        let bytes = Array(UInt8.min...UInt8.max)
        let text = Hex.encode(bytes)
        #expect(text.hasPrefix("000102030405060708090a0b") && text.hasSuffix("fdfeff"))
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.uppercased()) == bytes)
        #expect(Hex.encode([UInt8]()) == "" && Hex.decode("") == [])
    }

    @Test("what is not hexadecimal is refused", arguments: ["a", "0g", "zz", " 0", "é"])
    func notHex(text: String) {
        #expect(Hex.decode(text) == nil, "\(text)")
    }

    /// The expected values are those of `openssl md5 -binary | openssl base64 | tr +/ -_ | tr -d =`, as nginx documents it.
    @Test(
        "a secure link is the URL-safe Base64 of an MD5",
        arguments: [
            ("", "1B2M2Y8AsgTpgAmY7PhCfg"), ("abc", "kAFQmDzST7DWlj99KOF_cg"),
            ("2147483647/s/link127.0.0.1 secret", "_e4Nc3iduzkWRm01TBBNYw"),
        ]
    )
    func secureLink(text: String, signature: String) throws {
        #expect(try SecureLinkMD5.sign(text) == signature)
    }
}

@Suite("Secrets")
struct SecretTests {
    @Test(
        "constant-time comparison is comparison",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("abc", "abd", false),
            ("abc", "ab", false),
        ]
    )
    func comparison(left: String, right: String, areEqual: Bool) throws {
        #expect(ConstantTime.equals(left, right) == areEqual)
        #expect(ConstantTime.equals(Array(left.utf8), Array(right.utf8)) == areEqual)
        #expect(try ConstantTime.equals(SHA256Digest(hashing: left), SHA256Digest(hashing: right)) == areEqual)
    }

    @Test("random bytes have the wanted number and do not repeat", arguments: [1, 20, 32, 4096])
    func random(count: Int) throws {
        let first = try RandomBytes.generate(count)
        #expect(first.count == count)
        // Two equal draws of 20 bytes are less likely than a broken machine.
        if count >= 20 { #expect(try first != RandomBytes.generate(count)) }
    }

    @Test("no bytes are drawn for zero or less", arguments: [0, -1, Int.min])
    func noRandom(count: Int) throws {
        #expect(try RandomBytes.generate(count).isEmpty)
    }

    @Test("more bytes than the library can give at once are an error")
    func tooManyRandomBytes() {
        #expect(throws: CryptographyError.functionFailed(.random)) { try RandomBytes.generate(Int(Int32.max) + 1) }
    }
}
