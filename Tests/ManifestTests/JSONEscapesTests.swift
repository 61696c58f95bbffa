import Testing

@testable import Manifest

@Suite("Documents in JSON")
struct JSONEscapesTests {
    static let table: [(document: String, joined: String)] = [
        (#"{"a": "\ud83d\udce6.zip"}"#, #"{"a": "📦.zip"}"#),
        (#" ["\uD83D\uDCE6\u00fc"]"#, #" ["📦\u00fc"]"#),
        (#"{"a": "\\ud83d\\udce6"}"#, #"{"a": "\\ud83d\\udce6"}"#),
        (#"{"a": "\\\ud83d\udce6"}"#, #"{"a": "\\📦"}"#),
        (#"{"a": "\ud83d", "b": "\udce6"}"#, #"{"a": "\ud83d", "b": "\udce6"}"#),
        (#"{"a": "\ud83d\ud83d\udce6"}"#, #"{"a": "\ud83d📦"}"#),
        (#"{"a": "\ud8"#, #"{"a": "\ud8"#),
        (#"a: '\ud83d\udce6'"#, #"a: '\ud83d\udce6'"#),
        ("", ""),
    ]

    @Test("a pair of surrogates is the character that it stands for", arguments: table)
    func joins(row: (document: String, joined: String)) {
        #expect(JSONEscapes.joiningSurrogates(in: row.document) == row.joined)
    }

    @Test("a name beyond the basic plane is read from JSON")
    func reads() throws {
        let document = try ManifestDocument(parsing: #"{"users": [{"username": "dev", "name": "\ud83d\udce6"}]}"#)
        #expect(document.users.count == 1)
    }
}
