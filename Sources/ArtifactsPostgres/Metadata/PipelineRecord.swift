/// A pipeline with everything that the API shows of it, as one statement fetched it.
///
/// Times are in microseconds since the Unix epoch.
public struct PipelineRecord: Sendable, Equatable {
    /// What every list and every job shows of it.
    public var summary: JobRecord.Pipeline
    /// Who started it, or else whose its first job is, or `nil`.
    public var user: JobRecord.User?
    /// When its first job was started, or `nil`.
    public var startedAt: Int64?
    /// When the last of its jobs ended; `nil` while it is not finished.
    public var finishedAt: Int64?
    /// Seconds in which at least one of its jobs ran; `nil` while it is not finished.
    public var duration: Int64?
    /// Seconds from its creation until its first job was started, or `nil`.
    public var queuedDuration: Int64?
    /// The mean of its jobs' coverage, with two decimals, or `nil`.
    public var coverage: String?
}
