public import Artifacts

/// What decides about changing a job's artifacts, as one statement fetched it.
public struct ChangeFacts: Sendable, Equatable {
    /// Who asks, and for which project.
    public var access: AccessFacts
    /// The job, or `nil` where the project has none of that number.
    public var job: ChangeableJob?
}

/// A job whose artifacts are to be changed.
public struct ChangeableJob: Sendable, Equatable {
    /// The job's number.
    public var id: Int64
    /// Whose job it is, or `nil`.
    public var userID: Int64?
    /// The push levels of all protected refs that match the job's ref; none: the ref is not protected.
    public var pushLevels: [PushAccessLevel]
    /// Who may read the job's archive; `nil` where none is available.
    public var archiveAccess: ArtifactAccess?
    /// SHA-256 of the archive, 32 bytes, or `nil`; for the audit trail.
    public var archiveDigest: [UInt8]?
}
