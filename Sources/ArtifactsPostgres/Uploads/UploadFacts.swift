public import Artifacts
internal import Postgres

/// What decides about an upload, as one statement fetched it.
public struct UploadFacts: Sendable, Equatable {
    /// What decides about the job itself.
    public var job: UploadingJob
    /// Whose job it is, or `nil`.
    public var userID: Int64?
    /// The job's project.
    public var projectID: Int64
    /// The project's full path.
    public var projectPath: String
    /// The job's pipeline.
    public var pipelineID: Int64
    /// The project's own limit of size: 0 for none, `nil` where it has no own.
    public var projectSizeLimit: Int64?
    /// The limit of the type that was asked for: 0 or `nil` for none.
    public var typeSizeLimit: Int64?
    /// The project's own quota: 0 for none, `nil` where it has no own.
    public var projectQuota: Int64?
    /// How many bytes the project's artifacts have.
    public var usedBytes: Int64
    /// Whether the job has artifacts already: an upload may then be a repeated one, which takes no room.
    public var hasArtifacts: Bool

    init(columns row: inout RowCursor) throws(PostgresError) {
        let status = try row.choice(JobStatus.self)
        let isErased = try row.bool()
        projectID = try row.int64()
        pipelineID = try row.int64()
        projectPath = try row.text()
        userID = try row.optionalInt64()
        let userState = try row.optionalText().flatMap(UserState.init(rawValue:))
        job = UploadingJob(status: status, isErased: isErased, userState: userState)
        projectSizeLimit = try row.optionalInt64()
        typeSizeLimit = try row.optionalInt64()
        projectQuota = try row.optionalInt64()
        usedBytes = try row.int64()
        hasArtifacts = try row.bool()
    }

    /// The limits that count for the upload.
    ///
    /// - Parameters:
    ///   - size: The instance's limit of size, or `nil` for none.
    ///   - quota: The instance's quota, or `nil` for none.
    /// - Returns: The limits.
    public func limits(instanceSize size: Int64?, instanceQuota quota: Int64?) -> UploadLimits {
        UploadLimits(
            instanceSize: size,
            projectSize: projectSizeLimit,
            typeSize: typeSizeLimit,
            instanceQuota: quota,
            projectQuota: projectQuota
        )
    }
}
