extension Grammar where Value == String {
    /// A path of a file or directory.
    static let path = checked("a path") { !$0.isEmpty }

    /// Text that libpq reads; an empty one would silently mean libpq's own defaults.
    static let connectionString = Grammar(
        text: "a libpq connection string or URI",
        parse: { $0.isEmpty ? nil : $0 },
        show: SecretMask.connectionString
    )

    /// `unix:/path` or `host:port`.
    static let listener = checked("unix:/path (at most \(Address.longestSocketPath) bytes) or host:port") {
        Address.isUnixSocket($0) || (!$0.hasPrefix("unix:") && Address.isHostAndPort($0))
    }

    /// `host:port`.
    static let tcpAddress = checked("host:port", Address.isHostAndPort)

    /// Text in the grammar of `expire_in`, which the domain parses.
    static let expiry = checked("an expiry such as 30 days, 2h20min or never") { !$0.isEmpty }

    /// An absolute `http` or `https` URL that paths can be appended to.
    static let webURL = checked("an absolute http(s) URL without trailing slash, query or credentials", isWebURL)

    /// A text that is stored as it is, if it passes a check.
    private static func checked(_ text: String, _ isValid: @escaping @Sendable (String) -> Bool) -> Grammar {
        Grammar(text: text, parse: { isValid($0) ? $0 : nil }, show: { $0 })
    }

    /// RFC 3986 section 3, without user information, query and fragment, and without an empty last segment.
    @Sendable private static func isWebURL(_ text: String) -> Bool {
        let lowered = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lowered.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        let isPlain = rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#"?#@"<>\^`{|}"#.utf8.contains($0) }
        guard isPlain, !rest.hasSuffix("/") else { return false }
        let authority = rest.prefix { $0 != "/" }
        return Address.isHost(authority) || Address.isHostAndPort(String(authority))
    }
}

extension Grammar where Value == [String] {
    /// IP addresses and networks, separated by commas or spaces.
    static let networks = Grammar(
        text: "a list of IP addresses or networks such as 10.0.0.0/8, ::1",
        parse: { text in
            let networks = text.split { $0 == "," || $0 == " " }
            return networks.allSatisfy(Address.isNetwork) ? networks.map(String.init) : nil
        },
        show: { $0.joined(separator: ",") }
    )
}
