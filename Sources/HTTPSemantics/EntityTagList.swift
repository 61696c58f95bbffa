/// The value of `If-Match` or `If-None-Match` (RFC 9110 §13.1.1, §13.1.2).
public enum EntityTagList: Sendable, Equatable {
    /// `*`: any current representation.
    case any
    /// The listed tags.
    case tags([EntityTag])

    /// Reads the value of a field.
    ///
    /// Empty list elements are skipped (RFC 9110 §5.6.1.2). RFC 9110 does not say what a malformed value means; here reading
    /// stops at the first thing that is no tag, and the tags before it count. So a malformed `If-Match` matches nothing and the
    /// request fails, and a malformed `If-None-Match` matches nothing and the content is sent: never a wrong 304.
    ///
    /// - Parameter text: The field's value.
    public init(parsing text: String) {
        var scanner = ByteScanner(text)
        scanner.skipWhitespace()
        if scanner.skip(UInt8(ascii: "*")) {
            scanner.skipWhitespace()
            self = scanner.isAtEnd ? .any : .tags([])
            return
        }
        self = .tags(EntityTagList.tags(&scanner))
    }

    /// Asks whether a representation is among the listed ones.
    ///
    /// - Parameter condition: The comparison with one listed tag.
    /// - Returns: True for `*` and if any tag fulfils the condition.
    public func contains(where condition: (EntityTag) -> Bool) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains(where: condition)
        }
    }

    private static func tags(_ scanner: inout ByteScanner) -> [EntityTag] {
        var tags: [EntityTag] = []
        scanner.skipListSeparators()
        while let tag = scanner.entityTag() {
            tags.append(tag)
            scanner.skipWhitespace()
            guard scanner.skip(UInt8(ascii: ",")) else { break }
            scanner.skipListSeparators()
        }
        return tags
    }
}
