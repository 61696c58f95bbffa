public import ArtifactsPostgres

/// What a pass of the sweeper did, or a part of one.
public struct SweepReport: Sendable, Equatable {
    /// Rows that were deleted because they were not available any more.
    public var expired = RowCount()
    /// Rows that were deleted because all artifacts of their project were to be.
    public var deleted = RowCount()
    /// Requests to delete all artifacts of a project that are done with now.
    public var finishedDeletions = 0
    /// Logs of ended jobs that were made artifacts.
    public var archivedLogs = RowCount()
    /// Contents whose files were unlinked.
    public var removed = RowCount()
    /// Contents whose files could not be unlinked; they are tried again.
    public var failures = 0
    /// Pipelines whose stored lock was not what it should be.
    public var changedLocks = 0
    /// Temporary files that a crash had left.
    public var temporaryFiles = 0
    /// What waits for a later pass; only at the end of one.
    public var backlog: SweepBacklog?

    /// Nothing done yet.
    public init() {}

    /// Adds what another part of the pass did.
    ///
    /// - Parameter other: The other part.
    public mutating func add(_ other: SweepReport) {
        expired = expired + other.expired
        deleted = deleted + other.deleted
        finishedDeletions += other.finishedDeletions
        archivedLogs = archivedLogs + other.archivedLogs
        removed = removed + other.removed
        failures += other.failures
        changedLocks += other.changedLocks
        temporaryFiles += other.temporaryFiles
        backlog = other.backlog ?? backlog
    }
}
