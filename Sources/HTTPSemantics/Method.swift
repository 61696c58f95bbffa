/// A request method (RFC 9110 §9), as far as the service tells them apart.
public enum Method: Sendable, Equatable, CaseIterable {
    /// `GET`.
    case get
    /// `HEAD`.
    case head
    /// `POST`.
    case post
    /// `PUT`.
    case put
    /// `PATCH`.
    case patch
    /// `DELETE`.
    case delete
    /// `OPTIONS`.
    case options
    /// Any other method, known to HTTP or not.
    case other

    /// Recognises a method by its name.
    ///
    /// - Parameter name: The name. Methods are case-sensitive (RFC 9110 §9.1): `get` is `other`.
    public init(_ name: String) {
        self = Method.allCases.first { $0.name == name && $0 != .other } ?? .other
    }

    /// Recognises a method by the bytes of its name.
    ///
    /// - Parameter bytes: The name as it stands in the request line.
    public init(_ bytes: some Collection<UInt8>) {
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// Whether the method only reads: `GET` and `HEAD`.
    ///
    /// `OPTIONS` is safe by RFC 9110 §9.2.1 too, but has no representation to condition on, and no endpoint answers it.
    public var isSafe: Bool { self == .get || self == .head }

    /// The name as it stands in a request line and in `Allow`; `OTHER` for what is not known.
    public var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .other: "OTHER"
        }
    }
}
