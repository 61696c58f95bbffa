import HTTPSemantics
import Testing

@Suite("Percent-encoding")
struct PercentCodingTests {
    @Test(
        "escapes are decoded once, and a plus is a space only where asked for",
        arguments: [
            ("", "", ""), ("abc", "abc", "abc"), ("a%2Fb", "a/b", "a/b"), ("a%2fb", "a/b", "a/b"),
            ("a+b", "a+b", "a b"), ("a%2Bb", "a+b", "a+b"), ("%252F", "%2F", "%2F"),
            ("g%2Fsub%2Ex", "g/sub.x", "g/sub.x"),
            ("%C3%BC", "ü", "ü"), ("ü", "ü", "ü"), ("%F0%9F%90%A7", "🐧", "🐧"),
        ]
    )
    func decoding(raw: String, path: String, query: String) {
        #expect(PercentCoding.decodeToString(ArraySlice(raw.utf8), plusIsSpace: false) == path)
        #expect(PercentCoding.decodeToString(ArraySlice(raw.utf8), plusIsSpace: true) == query)
        #expect(PercentCoding.decode(ArraySlice(raw.utf8), plusIsSpace: false) == Array(path.utf8))
    }

    @Test(
        "a percent sign needs two hexadecimal digits",
        arguments: ["%", "%2", "a%", "%zz", "%2g", "%g2", "%%20", "%+1", "% 1"]
    )
    func badEscape(raw: String) {
        #expect(PercentCoding.decode(ArraySlice(raw.utf8), plusIsSpace: false) == nil)
        #expect(PercentCoding.decodeToString(ArraySlice(raw.utf8), plusIsSpace: true) == nil)
    }

    @Test(
        "bytes that are no text are decoded as bytes but not as text",
        arguments: ["%00", "a%00b", "%FF", "%C3", "%C0%AF", "%ED%A0%80", "%F4%90%80%80"]
    )
    func notText(raw: String) {
        #expect(PercentCoding.decode(ArraySlice(raw.utf8), plusIsSpace: false) != nil)
        #expect(PercentCoding.decodeToString(ArraySlice(raw.utf8), plusIsSpace: false) == nil)
    }

    @Test("a slice is decoded by itself, without its neighbours")
    func slice() {
        let raw = Array("xx%41yy".utf8)
        #expect(PercentCoding.decodeToString(raw[2..<5], plusIsSpace: false) == "A")
        #expect(PercentCoding.decode(raw[2..<4], plusIsSpace: false) == nil)
    }

    static let encodings: [(text: String, set: ByteSet, encoded: String)] = [
        ("a b/c?d", .pathSegment, "a%20b%2Fc%3Fd"), ("ü", .pathSegment, "%C3%BC"),
        ("a:b@c;d=e", .pathSegment, "a:b@c;d=e"),
        ("build & test: a/b", .queryValue, "build%20%26%20test%3A%20a%2Fb"), ("a+b=c", .queryValue, "a%2Bb%3Dc"),
        ("-._~09azAZ", .queryValue, "-._~09azAZ"), ("€ rates", .extendedValue, "%E2%82%AC%20rates"),
        ("a'(b)*%", .extendedValue, "a%27%28b%29%2A%25"), ("/a%20b/<>\"", .encodedPath, "/a%20b/%3C%3E%22"),
        ("\u{0}\n\u{7F}", .pathSegment, "%00%0A%7F"),
    ]

    @Test("encoding escapes what a place does not allow", arguments: encodings)
    func encoding(text: String, set: ByteSet, encoded: String) {
        #expect(PercentCoding.encode(text.utf8, allowed: set) == encoded)
    }

    @Test("every byte survives encoding and decoding", arguments: [ByteSet.pathSegment, .queryValue, .extendedValue])
    func roundTrip(set: ByteSet) {
        let bytes = Array(UInt8.min...UInt8.max)
        let encoded = PercentCoding.encode(bytes, allowed: set)
        #expect(PercentCoding.decode(ArraySlice(encoded.utf8), plusIsSpace: false) == bytes)
    }
}
