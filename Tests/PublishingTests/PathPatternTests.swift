import Testing

@testable import Publishing

@Suite("Patterns of what is left out")
struct PathPatternTests {
    @Test(
        "Patterns that fit",
        arguments: [
            ("*.o", "a.o"), ("*.o", "dir/sub/a.o"), ("dist/*.o", "dist/a.o"), ("dist/**/*.o", "dist/a.o"),
            ("dist/**/*.o", "dist/x/y/a.o"), ("dist/**", "dist/x"), ("**/node_modules", "a/b/node_modules"),
            ("./dist/a", "dist/a"), ("node_modules/", "a/node_modules"), ("a?c", "a\u{E4}c"), ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"), ("[^a]x", "bx"), ("[]]x", "]x"), ("[a", "[a"), ("a*b*c", "aXbYbZc"), ("\\*", "*"),
            ("*", "x"),
            ("**", "a/b/c"), ("a/**/b", "a/b"), ("*a*a*a*a*a*a*b", String(repeating: "a", count: 40) + "b"),
        ]
    )
    func fits(pattern: String, path: String) {
        #expect(PathPattern(pattern).matches(path))
    }

    @Test(
        "Patterns that do not fit",
        arguments: [
            ("*.o", "a.oo"), ("dist/*.o", "dist/x/a.o"), ("dist/*.o", "x/dist/a.o"), ("a?c", "a/c"), ("[a-c]x", "dx"),
            ("\\*", "x"), ("a", "ab"), ("", "a"), ("a/b", "a"), ("*", ""),
            ("*a*a*a*a*a*a*a*a*b", String(repeating: "a", count: 60)),
        ]
    )
    func doesNotFit(pattern: String, path: String) {
        #expect(!PathPattern(pattern).matches(path))
    }
}
