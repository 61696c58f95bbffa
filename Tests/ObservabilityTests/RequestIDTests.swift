import Testing

@testable import Observability

@Suite("Request identifiers")
struct RequestIDTests {
    @Test("a harmless identifier is kept", arguments: ["a", "A.b_c-9", String(repeating: "x", count: 64)])
    func kept(text: String) {
        #expect(RequestID(validating: text)?.description == text)
        #expect(RequestID.accepting(text).description == text)
    }

    @Test(
        "any other is replaced",
        arguments: ["", " a", "a b", "a\n", "a/b", "ä", "a\u{0}", "<x>", String(repeating: "x", count: 65)]
    )
    func replaced(text: String) {
        #expect(RequestID(validating: text) == nil)
        #expect(RequestID.accepting(text).description != text)
    }

    @Test("a generated identifier is 32 hexadecimal digits, another one each time")
    func generated() {
        let ids = (0..<1000).map { _ in RequestID.generate() }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(id.description.utf8.count == 32)
            #expect(id.description.allSatisfy { "0123456789abcdef".contains($0) }, "\(id)")
        }
        #expect(RequestID.accepting(nil) != RequestID.accepting(nil))
    }
}
