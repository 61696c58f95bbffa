/// Who sees a project, before any membership counts.
///
/// The raw values are those of the manifest and of the database.
public enum Visibility: String, Sendable, CaseIterable {
    /// Members only.
    case `private`
    /// Every signed-in user who is not external.
    case `internal`
    /// Everyone, signed in or not.
    case `public`

    private var rank: Int {
        switch self {
        case .private: 0
        case .internal: 1
        case .public: 2
        }
    }

    /// Whether this visibility lets in more callers than another.
    ///
    /// - Parameter other: The visibility to compare with, for example that of a project's group.
    /// - Returns: `true` where this one is strictly wider.
    public func isWider(than other: Visibility) -> Bool {
        rank > other.rank
    }
}
