/// An entity tag (RFC 9110 §8.8.3): the name of one state of a representation.
public struct EntityTag: Hashable, Sendable {
    /// What stands between the quotes.
    public let opaque: String

    /// Whether the tag is marked `W/`: semantically equal, not byte for byte.
    public let isWeak: Bool

    /// Makes a tag.
    ///
    /// - Parameters:
    ///   - opaque: What stands between the quotes, such as a digest in hexadecimal; no quote and no control character.
    ///   - isWeak: Whether equal tags mean only semantically equal content.
    public init(_ opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// The tag as it stands in `ETag`.
    public var fieldValue: String {
        var value: [UInt8] = []
        value.reserveCapacity(opaque.utf8.count + 4)
        value.append(literal: isWeak ? "W/\"" : "\"")
        value.append(text: opaque)
        value.append(UInt8(ascii: "\""))
        return String(decoding: value, as: UTF8.self)
    }

    /// Compares by the strong function of RFC 9110 §8.8.3.2: `If-Match`, `If-Range`.
    ///
    /// - Parameter other: The other tag.
    /// - Returns: Whether both are strong and the same.
    public func stronglyMatches(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && weaklyMatches(other)
    }

    /// Compares by the weak function of RFC 9110 §8.8.3.2: `If-None-Match`.
    ///
    /// - Parameter other: The other tag.
    /// - Returns: Whether they are the same but for their weakness.
    public func weaklyMatches(_ other: EntityTag) -> Bool {
        opaque.hasSameBytes(as: other.opaque)
    }

    /// Reads one tag that stands alone.
    ///
    /// - Parameter text: The tag with its quotes, such as the value of `If-Range`.
    public init?(parsing text: String) {
        var scanner = ByteScanner(text)
        guard let tag = scanner.entityTag(), scanner.isAtEnd else { return nil }
        self = tag
    }
}

extension ByteScanner {
    /// Reads an entity tag.
    ///
    /// - Returns: The tag, or nil if none comes next.
    mutating func entityTag() -> EntityTag? {
        let isWeak = skip(literal: "W/")
        guard skip(UInt8(ascii: "\"")) else { return nil }
        let opaque = take(while: \.isEntityTagCharacter)
        guard skip(UInt8(ascii: "\"")) else { return nil }
        return EntityTag(String(decoding: opaque, as: UTF8.self), isWeak: isWeak)
    }
}
