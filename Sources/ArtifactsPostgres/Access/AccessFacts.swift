public import Artifacts

/// What decides about a caller and a project, as one statement fetched it.
public struct AccessFacts: Sendable, Equatable {
    /// What the database knows of the credential, or `nil` where it knows none.
    public var credential: Credential?
    /// The project, or `nil`.
    public var project: ProjectFacts?
    /// Whether the project was found under a previous path.
    public var projectHasMoved: Bool
    /// The highest role that any membership of the credential's user gives in the project.
    public var role: Role?
}
