public import Artifacts

/// What the API shows of a project beyond ``ProjectFacts``, as one statement fetched it.
public struct ProjectRecord: Sendable, Equatable {
    /// The display name.
    public var name: String
    /// When it was added, in microseconds since the Unix epoch.
    public var createdAt: Int64
    /// The default branch, or `nil`.
    public var defaultBranch: String?
    /// Whether pipelines lock the artifacts of the latest of their ref.
    public var keepsLatestArtifact: Bool
    /// The group that holds it, or `nil`.
    public var group: Group?
    /// Bytes of all its artifact rows.
    public var artifactsSize: Int64
    /// The role that the user's own membership gives, or `nil`.
    public var projectRole: Role?
    /// The highest role that membership of the groups above gives, or `nil`.
    public var groupRole: Role?

    /// The group that holds a project.
    public struct Group: Sendable, Equatable {
        /// The group's number.
        public var id: Int64
        /// The number of the group above, or `nil`.
        public var parentID: Int64?
    }
}
