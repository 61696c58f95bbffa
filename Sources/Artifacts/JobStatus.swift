/// The status of one job.
public enum JobStatus: String, Sendable, CaseIterable {
    case created
    case pending
    case running
    case success
    case failed
    case canceling
    case canceled
    case skipped
    case manual

    /// Whether the job has run and ended.
    public var hasEnded: Bool { self == .success || self == .failed || self == .canceled }

    /// Whether nothing more can become of the job, so that it can be erased: it has ended, or will never run.
    public var isComplete: Bool { hasEnded || self == .skipped }
}

/// What a pipeline's status needs to know of one of its non-retried jobs.
public struct JobOutcome: Sendable, Equatable {
    /// The job's own status.
    public let status: JobStatus
    /// Whether its failure may not fail the pipeline.
    public let allowFailure: Bool

    /// Describes one non-retried job.
    ///
    /// - Parameters:
    ///   - status: The job's own status.
    ///   - allowFailure: Whether its failure may not fail the pipeline.
    public init(status: JobStatus, allowFailure: Bool) {
        self.status = status
        self.allowFailure = allowFailure
    }

    /// The status that counts: what may fail and failed counts as succeeded, an optional manual job as skipped.
    var counted: JobStatus {
        guard allowFailure else { return status }
        switch status {
        case .failed, .canceled: return .success
        case .manual: return .skipped
        default: return status
        }
    }
}
