public import Artifacts

/// Which jobs a list holds.
public struct JobFilter: Sendable, Equatable {
    /// The wanted statuses, or `nil` for all of them.
    public var statuses: [JobStatus]?
    /// Whether jobs that a later one of the same name has replaced are wanted too.
    public var includesRetried: Bool

    /// Describes a list of jobs.
    ///
    /// - Parameters:
    ///   - statuses: The wanted statuses, or `nil` for all of them.
    ///   - includesRetried: Whether replaced jobs are wanted too.
    public init(statuses: [JobStatus]? = nil, includesRetried: Bool = false) {
        self.statuses = statuses
        self.includesRetried = includesRetried
    }
}
