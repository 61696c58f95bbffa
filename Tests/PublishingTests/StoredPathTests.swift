import Testing

@testable import Publishing

@Suite("Paths as they are stored")
struct StoredPathTests {
    private static let places = ["/builds/site", "/var/lib/builds/site"]

    @Test(
        "A path is stored relative to the working directory",
        arguments: [
            ("dist/", "dist"), ("./dist//a", "dist/a"), (".", "."), ("a/../b", "b"), ("a/./b", "a/b"), ("a/..", "."),
            ("/builds/site/dist", "dist"), ("/var/lib/builds/site/dist", "dist"), ("/builds/x/../site/a", "a"),
            ("/builds/site", "."), ("...", "..."), ("-", "-"),
        ]
    )
    func stored(argument: String, expected: String) throws {
        #expect(try StoredPath(argument, workingDirectories: Self.places).text == expected)
    }

    @Test(
        "A path outside of it is an error",
        arguments: ["..", "../x", "a/../../b", "/", "/etc", "/builds/sitea", "/builds", "", "../site/a"]
    )
    func outside(argument: String) {
        let error = #expect(throws: PublishError.self) {
            try StoredPath(argument, workingDirectories: Self.places)
        }
        #expect(error?.kind == .data)
    }
}
