import Testing

@testable import FastCGI

@Suite("Addresses to listen on")
struct ListenAddressTests {
    @Test(
        "an address is a unix socket with an absolute path, or a host and a port",
        arguments: [
            ("unix:/run/a/b.sock", ListenAddress.Kind.unix(path: "/run/a/b.sock")),
            ("127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)),
            ("localhost:1", .tcp(host: "localhost", port: 1)),
            ("[::1]:65535", .tcp(host: "::1", port: 65_535)),
        ]
    )
    func parses(text: String, kind: ListenAddress.Kind) throws {
        let address = try ListenAddress(text)
        #expect(address.kind == kind)
        #expect(address.description == text)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "unix:", "unix:relative", "unix:/a\0b", "/run/a.sock", "9000", ":9000", "host:", "host:0", "host:65536",
            "host:-1", "::1:9000", "[]:9000",
        ]
    )
    func refuses(text: String) {
        #expect(throws: FastCGIError.addressInvalid(text)) { try ListenAddress(text) }
    }

    @Test("a path may have 107 bytes and no more")
    func limitsThePath() throws {
        let longest = "/" + String(repeating: "a", count: 106)
        #expect(try ListenAddress("unix:\(longest)").kind == .unix(path: longest))
        #expect(throws: FastCGIError.pathTooLong(longest + "b")) { try ListenAddress("unix:\(longest)b") }
    }
}
