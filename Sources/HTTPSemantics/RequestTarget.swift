/// The target of a request, split but not decoded (RFC 9112 §3.2).
///
/// It is made from the raw bytes of the request line, never from a path that a server has normalised: `%2F` inside a segment
/// is data, `//` and `..` are still there for the router to judge.
public struct RequestTarget: Sendable, Equatable {
    /// The raw path, from its leading `/` to the first `?`.
    public let path: ArraySlice<UInt8>

    /// The raw query behind the first `?`: empty if there is none, or nothing behind a bare `?`.
    public let query: ArraySlice<UInt8>

    /// Splits a request target at its first `?`.
    ///
    /// Origin-form and, as RFC 9112 §3.2.2 demands of a server, absolute-form are understood. White space, control characters
    /// and `#` cannot stand in a target; raw bytes beyond ASCII can, because clients do send them.
    ///
    /// - Parameter bytes: The raw target, as in `REQUEST_URI`.
    /// - Throws: `malformedRequestTarget` if it does not start with `/` or `http(s)://`, or holds a byte that it cannot hold.
    public init(_ bytes: [UInt8]) throws(HTTPSemanticsError) {
        guard bytes.allSatisfy(RequestTarget.mayHold) else { throw .malformedRequestTarget }
        guard let origin = RequestTarget.originForm(of: bytes) else { throw .malformedRequestTarget }
        let mark = origin.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
        path = mark == origin.startIndex ? [UInt8(ascii: "/")] : origin[..<mark]
        query = mark == origin.endIndex ? [] : origin[(mark + 1)...]
    }

    /// Splits a request target at its first `?`.
    ///
    /// - Parameter text: The raw target.
    /// - Throws: `malformedRequestTarget` as for bytes.
    public init(_ text: String) throws(HTTPSemanticsError) {
        try self.init(Array(text.utf8))
    }

    /// The raw segments of the path, between its slashes.
    ///
    /// Empty segments are kept: `/a//b/` is `a`, nothing, `b`, nothing, and `/` is one empty segment.
    public var pathSegments: [ArraySlice<UInt8>] {
        var segments: [ArraySlice<UInt8>] = []
        segments.reserveCapacity(12)
        var start = path.startIndex + 1
        for index in path.indices.dropFirst() where path[index] == UInt8(ascii: "/") {
            segments.append(path[start..<index])
            start = index + 1
        }
        segments.append(path[start...])
        return segments
    }

    private static func mayHold(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "#")
    }

    /// What follows the authority of an absolute-form target, or all of an origin-form one.
    private static func originForm(of bytes: [UInt8]) -> ArraySlice<UInt8>? {
        if bytes.first == UInt8(ascii: "/") { return bytes[...] }
        for scheme in ["http://", "https://"] where bytes.prefix(scheme.utf8.count).equalsIgnoringCase(scheme) {
            let authority = bytes.dropFirst(scheme.utf8.count)
            let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? authority.endIndex
            guard end > authority.startIndex else { return nil }
            return end == authority.endIndex ? [UInt8(ascii: "/")] : authority[end...]
        }
        return nil
    }
}
