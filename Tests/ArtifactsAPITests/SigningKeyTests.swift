import Testing

@testable import ArtifactsAPI

@Suite("Signing keys")
struct SigningKeyTests {
    private static let first = String(repeating: "0123456789abcdef", count: 4)
    private static let second = "Aa+/=_-" + String(repeating: "x", count: 25)

    @Test("the first key signs, all are valid, and what is no key does not count")
    func keys() throws {
        let text = "# rotated on Monday\r\n\n  \(Self.first) \r\n\t\(Self.second)\n"
        let keys = try SigningKeys(parsing: text)
        #expect(keys.current.secret == Self.first)
        #expect(keys.all.map(\.secret) == [Self.first, Self.second])
        #expect(try SigningKeys(parsing: Self.first).current.id == keys.current.id)
    }

    static let faults: [(text: String, error: SigningKeyError)] = [
        ("", .none),
        ("\n \n# only words\n", .none),
        (String(first.prefix(31)), .short(line: 1)),
        ("\n\(first)\nshort", .short(line: 3)),
        (String(repeating: "a", count: 513), .long(line: 1)),
        ("\(first) \(second)", .character(line: 1)),
        (first + "\"", .character(line: 1)),
        (first + "$", .character(line: 1)),
        (first + ";", .character(line: 1)),
        (first + "\u{E9}", .character(line: 1)),
        (first + "\0", .character(line: 1)),
        ("\(first)\n\(second)\n\(first)\n", .repeated(line: 3)),
    ]

    @Test("a fault names its line and nothing of the key", arguments: faults)
    func fault(row: (text: String, error: SigningKeyError)) {
        #expect(throws: row.error) { try SigningKeys(parsing: row.text) }
        #expect(!row.error.description.contains("0123456789abcdef"))
    }

    @Test("a key prints as its identifier, which is 16 digits and no part of the key")
    func identifier() throws {
        let key = try SigningKeys(parsing: Self.first).current
        #expect(key.id == "d7e2b3002e7c619c")
        #expect("\(key)" == key.id)
        #expect(String(reflecting: key) == key.id)
        #expect(!Self.first.contains(key.id))
    }

    @Test("nginx gets a map from names to secrets, and none for any other name")
    func map() throws {
        let keys = try SigningKeys(parsing: "\(Self.first)\n\(Self.second)\n")
        #expect(
            keys.webServerMap == """
                map $artifactd_cdn_key $artifactd_cdn_secret {
                    default "";
                    "\(keys.all[0].id)" "\(Self.first)";
                    "\(keys.all[1].id)" "\(Self.second)";
                }

                """
        )
    }
}
