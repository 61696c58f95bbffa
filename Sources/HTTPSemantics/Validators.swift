/// What a server knows about the state of the selected representation (RFC 9110 §8.8).
public struct Validators: Sendable, Equatable {
    /// The tag of the representation that would be sent.
    public let entityTag: EntityTag

    /// Tags of other encodings of the same content, such as the `-gzip` form.
    ///
    /// `If-None-Match` matches them too: who holds the content in any encoding need not fetch it again. `If-Match` and
    /// `If-Range` are about bytes and do not.
    public let alternates: [EntityTag]

    /// When the content last changed, in seconds since the Unix epoch, or nil if that is not known.
    public let lastModified: Int64?

    /// Describes a representation.
    ///
    /// - Parameters:
    ///   - entityTag: The tag of the representation that would be sent.
    ///   - alternates: Tags of other encodings of the same content.
    ///   - lastModified: When the content last changed, in seconds since the Unix epoch. `If-Range` trusts it as a strong
    ///     validator, so it must belong to content that never changes twice in a second.
    public init(entityTag: EntityTag, alternates: [EntityTag] = [], lastModified: Int64? = nil) {
        self.entityTag = entityTag
        self.alternates = alternates
        self.lastModified = lastModified
    }
}
