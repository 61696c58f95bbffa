/// What a runner says of its job.
public enum JobReport: String, Sendable, CaseIterable {
    /// It is under way.
    case running
    /// It has ended well.
    case success
    /// It has ended badly.
    case failed
}

extension UploadingJob {
    /// Decides what a runner's word makes of the job.
    ///
    /// The runner's own word for the end of a job that is being canceled counts for nothing: it becomes canceled, as in
    /// GitLab. A pending job is started by the first word of its runner, and by nothing else. The word that ended a job may be
    /// repeated, because its answer may have been lost.
    ///
    /// - Parameter report: What the runner says.
    /// - Returns: The job's new status, or `nil` where it keeps the one that it has.
    /// - Throws: ``UploadRefusal`` where the job takes no such word, or not any more.
    public func status(after report: JobReport) throws(UploadRefusal) -> JobStatus? {
        try checkExistence()
        switch (status, report) {
        case (.running, .running), (.canceling, .running), (.success, .success), (.failed, .failed): return nil
        case (.pending, .running): return .running
        case (.running, .success): return .success
        case (.running, .failed): return .failed
        case (.canceling, _): return .canceled
        default: throw .notRunning(status)
        }
    }
}
