/// What the audit trail tells of.
public enum AuditAction: String, Sendable, CaseIterable {
    /// Stored bytes were handed out, whole or in part.
    case download
    /// The expiry of a job's artifacts was cleared.
    case keep
    /// The artifacts of a job, or of all jobs of a project, were deleted.
    case delete
    /// The artifacts and the log of a job were erased.
    case erase
    /// Bytes were stored as an artifact of a job.
    case upload
    /// A pipeline was made over the API.
    case createPipeline = "create_pipeline"
    /// A pipeline that was made over the API was ended.
    case endPipeline = "end_pipeline"
    /// A job was made over the API, and its token handed out.
    case createJob = "create_job"
    /// A runner ended its job.
    case endJob = "end_job"
}

/// Who sends the bytes of a download, as the audit trail names it.
public enum AuditDelivery: String, Sendable, CaseIterable {
    /// The web server, after `X-Accel-Redirect`.
    case accel
    /// The server behind a signed URL: what is recorded is that the URL was handed out.
    case redirect
    /// A worker of ours.
    case worker
}

/// Something that was allowed: one row of the audit trail.
public struct AuditEvent: Sendable, Equatable {
    /// Tells events of one moment apart; positive.
    public var id: Int64
    /// When it was allowed, in microseconds since the Unix epoch.
    public var createdAt: Int64
    /// What was done.
    public var action: AuditAction
    /// Who did it.
    public var actor: AuditActor
    /// The project's number.
    public var projectID: Int64
    /// The project's full path.
    public var projectPath: String
    /// The job, or `nil` for all jobs of the project and for a pipeline.
    public var jobID: Int64?
    /// What was touched.
    public var subject: AuditSubject
    /// Who sends the bytes; only of downloads.
    public var delivery: AuditDelivery?
    /// The status of the answer.
    public var status: Int
    /// The client's address as PostgreSQL's `inet` takes it, or `nil`.
    public var address: String?
    /// The request's identifier.
    public var requestID: String

    /// Describes something that was allowed.
    ///
    /// - Parameters:
    ///   - id: Tells events of one moment apart; positive.
    ///   - createdAt: When it was allowed, in microseconds since the Unix epoch.
    ///   - action: What was done.
    ///   - actor: Who did it.
    ///   - projectID: The project's number.
    ///   - projectPath: The project's full path.
    ///   - jobID: The job, or `nil` for all jobs of the project.
    ///   - subject: What was touched.
    ///   - delivery: Who sends the bytes; only of downloads.
    ///   - status: The status of the answer.
    ///   - address: The client's address, or `nil`.
    ///   - requestID: The request's identifier.
    public init(
        id: Int64,
        createdAt: Int64,
        action: AuditAction,
        actor: AuditActor,
        projectID: Int64,
        projectPath: String,
        jobID: Int64?,
        subject: AuditSubject = AuditSubject(),
        delivery: AuditDelivery? = nil,
        status: Int,
        address: String?,
        requestID: String
    ) {
        self.id = id
        self.createdAt = createdAt
        self.action = action
        self.actor = actor
        self.projectID = projectID
        self.projectPath = projectPath
        self.jobID = jobID
        self.subject = subject
        self.delivery = delivery
        self.status = status
        self.address = address
        self.requestID = requestID
    }
}
