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
}
