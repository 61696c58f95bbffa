import HTTPSemantics
import Testing

@Suite("X-Forwarded-For")
struct ForwardedForTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let peer: String
        let lines: [String]
        let client: String

        init(_ description: String, peer: String = "10.0.0.1", _ lines: [String], _ client: String) {
            testDescription = description
            self.peer = peer
            self.lines = lines
            self.client = client
        }
    }

    static let cases = [
        Case("no field", [], "10.0.0.1"),
        Case("one proxy", ["192.0.2.7"], "192.0.2.7"),
        Case("a chain of proxies", ["192.0.2.7, 10.0.0.3,10.0.0.2"], "192.0.2.7"),
        Case("what a client made up stands left of it", ["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
        Case("a made-up trusted address", ["10.9.9.9, 192.0.2.7, 10.0.0.2"], "192.0.2.7"),
        Case("the peer is no proxy", peer: "192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
        Case("proxies only", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        Case("a line of its own for each proxy", ["203.0.113.9", "192.0.2.7"], "192.0.2.7"),
        Case("lines and lists", ["203.0.113.9, 192.0.2.7", "10.0.0.2 "], "192.0.2.7"),
        Case("what is no address ends the walk", ["192.0.2.7, unknown, 10.0.0.2"], "10.0.0.2"),
        Case("an empty entry ends the walk", ["192.0.2.7, , 10.0.0.2"], "10.0.0.2"),
        Case("an empty line ends the walk", ["192.0.2.7", ""], "10.0.0.1"),
        Case("a port", ["192.0.2.7:4711"], "192.0.2.7"),
        Case("a bad port", ["192.0.2.7:"], "10.0.0.1"),
        Case("brackets", ["[2001:db8::7]"], "2001:db8::7"),
        Case("brackets and port", ["[2001:db8::7]:4711"], "2001:db8::7"),
        Case("a bracket that is not closed", ["[2001:db8::7"], "10.0.0.1"),
        Case("a bracket alone", ["["], "10.0.0.1"),
        Case("IPv6 proxies", peer: "fd00::1", ["2001:db8::7, fd00::2"], "2001:db8::7"),
        Case("a mapped peer", peer: "::ffff:10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        Case("tabs and spaces", ["\t192.0.2.7 \t"], "192.0.2.7"),
    ]

    @Test("the client is the last address that a trusted proxy vouches for", arguments: cases)
    func client(example: Case) throws {
        let trusted = try ["10.0.0.0/8", "fd00::/8"].map { try #require(IPNetwork($0)) }
        let client = ForwardedFor.client(
            peer: try #require(IPAddress(example.peer)),
            values: example.lines.map { Array($0.utf8)[...] },
            trusted: trusted
        )
        #expect(client == IPAddress(example.client), "\(client)")
    }
}
