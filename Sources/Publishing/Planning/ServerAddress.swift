internal import HTTPSemantics

/// The base URL of a server.
public struct ServerAddress: Equatable, Sendable {
    /// The URL without a slash at its end.
    public let text: String

    /// Reads a URL.
    ///
    /// - Parameter text: `http` or `https`, a host, perhaps a port and a path. Credentials would end up in process lists and
    ///   logs, so there is no room for them; a `/api/v4` at the end is dropped.
    /// - Throws: ``PublishError`` of the kind `usage`.
    public init(_ text: String) throws(PublishError) {
        let schemes = ["http://", "https://"]
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        if trimmed.hasSuffix("/api/v4") { trimmed.removeLast("/api/v4".utf8.count) }
        guard let scheme = schemes.first(where: { trimmed.lowercased().hasPrefix($0) }) else {
            throw PublishError(.usage, "--url must begin with http:// or https://")
        }
        let rest = trimmed.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        guard !host.isEmpty, !host.contains("@"), !rest.utf8.contains(where: Self.isForbidden) else {
            throw PublishError(.usage, "--url must be a URL with a host and without credentials, query or fragment")
        }
        self.text = trimmed
    }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// The URL of something in the API.
    ///
    /// - Parameters:
    ///   - segments: The path below `/api/v4`, each segment as it is; it is encoded here.
    ///   - query: Parameters, in their order.
    /// - Returns: The URL.
    public func endpoint(_ segments: [String], query: [(String, String)] = []) -> String {
        var url = text + "/api/v4"
        for segment in segments { url += "/" + PercentCoding.encode(segment.utf8, allowed: .queryValue) }
        for (index, (name, value)) in query.enumerated() {
            url += index == 0 ? "?" : "&"
            url += name + "=" + PercentCoding.encode(value.utf8, allowed: .queryValue)
        }
        return url
    }
}
