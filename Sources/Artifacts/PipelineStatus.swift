/// The status of a pipeline, which follows from its non-retried jobs.
public enum PipelineStatus: String, Sendable, CaseIterable {
    case created
    case pending
    case running
    case success
    case failed
    case canceling
    case canceled
    case skipped
    case manual

    /// Computes the status from the pipeline's jobs: the first rule that fits decides.
    ///
    /// The rules are GitLab's composite status. A skipped job neither starts nor ends anything, so a pipeline whose
    /// other jobs all wait is pending.
    ///
    /// - Parameter jobs: The jobs that no later job of the same name has replaced; retried ones do not count.
    public init(jobs: [JobOutcome]) {
        let statuses = jobs.map(\.counted)
        func any(_ wanted: JobStatus...) -> Bool { statuses.contains(where: wanted.contains) }
        func only(_ wanted: JobStatus...) -> Bool { statuses.allSatisfy(wanted.contains) }

        if only(.created) {
            self = .created
        } else if only(.skipped) {
            self = .skipped
        } else if only(.success, .skipped) {
            self = .success
        } else if any(.canceling) {
            self = .canceling
        } else if only(.pending, .created, .skipped) {
            self = .pending
        } else if any(.running, .pending) || (any(.created) && any(.success, .failed, .canceled)) {
            self = .running
        } else if any(.manual) {
            self = .manual
        } else if any(.canceled) {
            self = .canceled
        } else {
            self = .failed
        }
    }

    /// Whether the pipeline has come to an end, if only to wait for a person: it then counts for locks.
    public var isFinished: Bool {
        switch self {
        case .success, .failed, .canceled, .skipped, .manual: true
        case .created, .pending, .running, .canceling: false
        }
    }
}
