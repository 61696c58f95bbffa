/// The path of a member, in a form that a member can have.
///
/// The one way in is a check, so that code behind the edge never sees a path with a hostile segment.
public struct MemberPath: Hashable, Sendable {
    /// The path in UTF-8, without a slash at its end.
    public let bytes: [UInt8]

    /// Checks a path; `nil` when it is not one, see ``MemberName/isValidPath(_:)``.
    ///
    /// - Parameters:
    ///   - bytes: The path, percent-decoded.
    ///   - droppingTrailingSlash: Whether one slash at the end is dropped first, as where a directory may be named.
    public init?(_ bytes: some Sequence<UInt8>, droppingTrailingSlash: Bool = false) {
        var path = Array(bytes)
        if droppingTrailingSlash, path.last == 0x2F { path.removeLast() }
        guard path.withUnsafeBytes(MemberName.isValidPath) else { return nil }
        self.bytes = path
    }

    /// The segment behind the last slash.
    public var lastSegment: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: 0x2F) else { return bytes[...] }
        return bytes[(slash + 1)...]
    }
}
