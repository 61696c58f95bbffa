import Foundation
import Testing

@testable import HTTPSemantics

@Suite("JSON reader (RFC 8259)")
struct JSONReaderTests {
    @Test(
        "a text that is JSON is read as it stands",
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), (" false\n", .bool(false)), ("\t\r\n 7 ", .number("7")),
            ("-0", .number("-0")), ("0.10", .number("0.10")), ("1e5", .number("1e5")), ("-2.5E+3", .number("-2.5E+3")),
            ("123456789012345678901234567890", .number("123456789012345678901234567890")),
            ("\"\"", .string("")), ("\"main\"", .string("main")), ("\"ü€😀\"", .string("ü€😀")),
            (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{C}\n\r\t")), (#""\u0041\u00fc\u20AC""#, .string("Aü€")),
            (#""\ud83d\ude00""#, .string("😀")), (#""\u0000""#, .string("\0")), ("\"\u{7F}\"", .string("\u{7F}")),
            ("[]", .array([])), ("[ ]", .array([])), ("[1,[true]]", .array([.number("1"), .array([.bool(true)])])),
            ("{}", .object([])), (#"{"a":1}"#, .object([JSONMember("a", .number("1"))])),
            (
                #" { "state" : "success" , "info" : { "x" : null } } "#,
                .object([
                    JSONMember("state", .string("success")), JSONMember("info", .object([JSONMember("x", .null)])),
                ])
            ),
        ]
    )
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text.utf8) == value)
    }

    @Test(
        "anything else is refused at its first wrong byte",
        arguments: [
            ("", JSONError.Problem.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("nul", .unexpectedEnd, 3),
            ("nulL", .unexpectedByte, 3), ("True", .unexpectedByte, 0), ("1 2", .unexpectedByte, 2),
            ("01", .invalidNumber, 2), ("-", .invalidNumber, 1), ("+1", .unexpectedByte, 0), ("1.", .invalidNumber, 2),
            (".5", .unexpectedByte, 0), ("1e", .invalidNumber, 2), ("NaN", .unexpectedByte, 0),
            ("'a'", .unexpectedByte, 0), ("\"a", .unexpectedEnd, 2), ("\"a\n\"", .controlCharacter, 2),
            (#""\x""#, .invalidEscape, 2), (#""\u12g4""#, .invalidEscape, 5), (#""\ud83d""#, .invalidEscape, 3),
            (#""\ud83dx""#, .invalidEscape, 3), (#""\ude00""#, .invalidEscape, 3), ("[1,]", .unexpectedByte, 3),
            ("[1", .unexpectedEnd, 2), ("[1 2]", .unexpectedByte, 3), ("{a:1}", .unexpectedByte, 1),
            (#"{"a"}"#, .unexpectedByte, 4), (#"{"a":1,}"#, .unexpectedByte, 7), (#"{"a":1"#, .unexpectedEnd, 6),
            ("\u{FEFF}1", .unexpectedByte, 0), ("// x", .unexpectedByte, 0),
        ]
    )
    func refuses(text: String, problem: JSONError.Problem, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error == JSONError(problem: problem, offset: offset))
    }

    @Test(
        "a string must be UTF-8",
        arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        #expect(error == JSONError(problem: .invalidUTF8, offset: 0))
    }

    @Test("nesting ends before the stack does", arguments: ["[", "{\"a\":"])
    func depth(opening: String) {
        let error = #expect(throws: JSONError.self) {
            try JSONValue(parsing: String(repeating: opening, count: 200_000).utf8)
        }
        #expect(error?.problem == .tooDeep)
        #expect(throws: Never.self) {
            try JSONValue(parsing: (String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).utf8)
        }
    }

    @Test("of a repeated name the last member counts, and integers are those of 64 bits")
    func access() throws {
        let object = try JSONValue(
            parsing: #"{"id":1,"id":9223372036854775807,"f":1.5,"big":9223372036854775808}"#.utf8
        )
        #expect(object["id"]?.integer == .max)
        #expect(object["f"]?.integer == nil)
        #expect(object["big"]?.integer == nil)
        #expect(object["id"]?.text == nil)
        #expect(object["none"] == nil)
        #expect(JSONValue.null["id"] == nil)
    }

    @Test("every property holds for every input of the fuzzer's corpus", arguments: JSONCorpus.names())
    func corpus(name: String) throws {
        let input = try Data(contentsOf: JSONCorpus.directory.appending(path: name))
        #expect([UInt8](input).withUnsafeBytes(JSONExercise.violation) == nil, "\(name)")
    }

    @Test("the corpus is there")
    func corpusIsThere() {
        #expect(JSONCorpus.names().count >= 5)
    }
}

/// What the fuzzer `Tests/Fuzz/JSON` starts from and what it once found.
enum JSONCorpus {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fuzz/JSON/corpus")
        .standardizedFileURL

    static func names() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()) ?? []
    }
}
