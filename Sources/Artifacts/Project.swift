/// What decides access to a project's builds.
public struct ProjectFacts: Sendable, Equatable {
    /// The project's number.
    public var id: Int64
    /// Its full path as written.
    public var path: String
    /// Who sees it.
    public var visibility: Visibility
    /// Whether everyone who sees it also reads its builds.
    public var publicJobs: Bool
    /// Whether its builds can be read at all.
    public var buildsAccessLevel: BuildsAccessLevel
    /// Whether it is read-only.
    public var isArchived: Bool

    /// Describes a project.
    ///
    /// - Parameters:
    ///   - id: The project's number.
    ///   - path: Its full path as written.
    ///   - visibility: Who sees it.
    ///   - publicJobs: Whether everyone who sees it also reads its builds.
    ///   - buildsAccessLevel: Whether its builds can be read at all.
    ///   - isArchived: Whether it is read-only.
    public init(
        id: Int64,
        path: String,
        visibility: Visibility,
        publicJobs: Bool,
        buildsAccessLevel: BuildsAccessLevel,
        isArchived: Bool
    ) {
        self.id = id
        self.path = path
        self.visibility = visibility
        self.publicJobs = publicJobs
        self.buildsAccessLevel = buildsAccessLevel
        self.isArchived = isArchived
    }
}
