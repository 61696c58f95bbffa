/// Where a pool of workers listens: a unix socket, or a port of TCP.
public struct ListenAddress: Sendable, Equatable {
    /// The bytes that a path may have: `sun_path` has 108, the last of them for NUL (unix(7)).
    public static let longestPath = 107

    enum Kind: Equatable {
        case unix(path: String)
        case tcp(host: String, port: UInt16)
    }

    let kind: Kind

    init(kind: Kind) {
        self.kind = kind
    }

    /// Parses `unix:/absolute/path`, `host:port` or `[address]:port`.
    ///
    /// - Parameter text: the address as the operator wrote it.
    /// - Throws: ``FastCGIError/addressInvalid(_:)`` or ``FastCGIError/pathTooLong(_:)``.
    public init(_ text: String) throws(FastCGIError) {
        if text.hasPrefix("unix:") {
            kind = try Self.unixSocket(String(text.dropFirst(5)), text)
        } else {
            kind = try Self.port(text)
        }
    }

    /// Whether this is an address of TCP, which has to be allowed explicitly.
    public var isTCP: Bool {
        if case .tcp = kind { true } else { false }
    }

    private static func unixSocket(_ path: String, _ text: String) throws(FastCGIError) -> Kind {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { throw .addressInvalid(text) }
        guard path.utf8.count <= longestPath else { throw .pathTooLong(path) }
        return .unix(path: path)
    }

    private static func port(_ text: String) throws(FastCGIError) -> Kind {
        guard let colon = text.lastIndex(of: ":"), !text.utf8.contains(0),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { throw .addressInvalid(text) }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw .addressInvalid(text)
        }
        guard !host.isEmpty else { throw .addressInvalid(text) }
        return .tcp(host: String(host), port: port)
    }
}

extension ListenAddress: CustomStringConvertible {
    /// The address in the form that ``init(_:)`` parses.
    public var description: String {
        switch kind {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
