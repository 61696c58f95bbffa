import Foundation
import HTTPSemantics
import Testing

@Suite("JSON")
struct JSONWriterTests {
    private func text(_ build: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        build(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("members and elements are written in call order, with their commas")
    func document() {
        let built = text { json in
            json.object { json in
                json.member("id", 7)
                json.member("name", "a")
                json.member("tag", false)
                json.member("size", Int64.max)
                json.member("coverage", 98.5)
                json.member("created_at", time: 1_452_507_213_506_000)
                json.member("erased_at", time: nil)
                json.nullMember("user")
                json.key("empty")
                json.object { _ in }
                json.key("list")
                json.array { json in
                    json.string("x")
                    json.integer(-1)
                    json.boolean(true)
                    json.null()
                    json.array { _ in }
                    json.object { $0.member("a", Optional<String>.none) }
                }
                json.member("last", Optional<Int64>.none)
            }
        }
        let expected =
            #"{"id":7,"name":"a","tag":false,"size":9223372036854775807,"coverage":98.5,"created_at":"2016-01-11T10:13:33.506Z","#
            + #""erased_at":null,"user":null,"empty":{},"list":["x",-1,true,null,[],{"a":null}],"last":null}"#
        #expect(built == expected)
    }

    @Test(
        "text is escaped as RFC 8259 §7 demands, and no further",
        arguments: [
            ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\r\t\u{8}", #""\u000a\u000d\u0009\u0008""#),
            ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("ü🐧\u{2028}", "\"ü🐧\u{2028}\""),
            ("<script>&", "\"<script>&\""),
        ]
    )
    func escaping(value: String, json: String) {
        #expect(text { $0.string(value) } == json)
    }

    @Test("every scalar of the first plane's start survives a foreign parser")
    func foreignParser() throws {
        let value = String(String.UnicodeScalarView((0...0x2FFF).compactMap(Unicode.Scalar.init)))
        var json = JSONWriter()
        json.object { writer in
            writer.key(text: value)
            writer.string(value)
        }
        let parsed = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: String]
        #expect(parsed?.first?.value == value && parsed?.first?.key == value)
    }

    @Test(
        "floating-point numbers are short and read back the same",
        arguments: [
            (0.1, "0.1"), (1.0, "1.0"), (-0.0, "-0.0"), (1e100, "1e+100"), (.leastNonzeroMagnitude, "5e-324"),
            (123_456.789, "123456.789"),
            (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)]
    )
    func doubles(value: Double, json: String) {
        #expect(text { $0.array { $0.double(value) } } == "[\(json)]")
    }

    @Test("a writer starts anew after removal")
    func reuse() {
        var json = JSONWriter(minimumCapacity: 1)
        json.string("a")
        json.removeAll()
        json.string("b")
        #expect(String(decoding: json.bytes, as: UTF8.self) == "\"b\"")
    }

    @Test("an error of the closure comes through")
    func rethrowing() {
        var json = JSONWriter()
        #expect(throws: HTTPSemanticsError.malformedQuery) {
            try json.object { (_: inout JSONWriter) throws(HTTPSemanticsError) in throw .malformedQuery }
        }
    }
}
