import Glibc

/// The forms of addresses that settings take.
enum Address {
    /// The longest path of a unix socket: `sun_path` holds 108 bytes with the final NUL (unix(7)).
    static let longestSocketPath = 107

    /// Whether a text is `unix:` and an absolute path that the kernel accepts.
    static func isUnixSocket(_ text: String) -> Bool {
        guard text.hasPrefix("unix:/") else { return false }
        let path = text.utf8.dropFirst("unix:".utf8.count)
        return path.count > 1 && path.count <= longestSocketPath
    }

    /// Whether a text is `host:port`, an IPv6 address in brackets.
    static func isHostAndPort(_ text: String) -> Bool {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return false }
        let host = text[..<colon]
        guard let port = Quantity.digits(text.utf8[text.utf8.index(after: colon)...]), port <= 65_535 else {
            return false
        }
        return isHost(host)
    }

    /// Whether a text is a host name, an IPv4 address, or an IPv6 address in brackets.
    static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            return isAddress(String(host.dropFirst().dropLast()), family: AF_INET6)
        }
        return !host.isEmpty && host.utf8.allSatisfy(isHostByte)
    }

    /// Whether a text is an IP address or a network in CIDR notation (RFC 4632).
    static func isNetwork(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.map(String.init) else { return false }
        let bits: Int64
        switch (isAddress(address, family: AF_INET), isAddress(address, family: AF_INET6)) {
        case (true, _): bits = 32
        case (_, true): bits = 128
        default: return false
        }
        guard parts.count == 2 else { return true }
        return Quantity.digits(parts[1].utf8).map { $0 <= bits } ?? false
    }

    /// Whether a text is an address of the family, as inet_pton(3) reads it.
    private static func isAddress(_ text: String, family: Int32) -> Bool {
        var storage = in6_addr()
        return inet_pton(family, text, &storage) == 1
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }
}
