import HTTPSemantics
import Testing

@Suite("Methods")
struct MethodTests {
    @Test("a method is known by its exact name", arguments: Method.allCases.filter { $0 != .other })
    func knownName(method: Method) {
        #expect(Method(method.name) == method)
        #expect(Method(Array(method.name.utf8)) == method)
        #expect(Method(method.name.lowercased()) == .other)
    }

    @Test("anything else is another method", arguments: ["", "get", "TRACE", "OTHER", "GETX", "PROPFIND"])
    func otherName(name: String) {
        #expect(Method(name) == .other)
    }

    @Test("only GET and HEAD are safe")
    func safety() {
        #expect(Method.allCases.filter(\.isSafe) == [.get, .head])
    }
}
