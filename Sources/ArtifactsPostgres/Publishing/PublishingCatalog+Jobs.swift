internal import Artifacts
public import Postgres

extension PublishingCatalog {
    /// Makes a job in a pipeline.
    ///
    /// A pipeline that has come to its end takes a job only in the place of another: whoever wants more than that makes a
    /// pipeline. The job whose place it takes is locked first, as for its runner's word.
    ///
    /// - Parameters:
    ///   - job: The job; if one was made by its key before, that one is the result.
    ///   - record: Called last in the transaction with the job's number if it is new, for the audit trail.
    /// - Returns: The job as it is now.
    /// - Throws: ``PublishingFailure``.
    public func create(
        _ job: NewJob,
        recording record: (Connection, Int64) throws(PostgresError) -> Void = { _, _ in }
    ) throws(PublishingFailure) -> JobRecord {
        try change { connection throws(PublishingFailure) in
            let isRetryable = try PublishingFailure.wrapping { () throws(PostgresError) in
                try Self.lockRetried(job, connection)
            }
            let locked = try PublishingFailure.wrapping { () throws(PostgresError) -> LockedPipeline? in
                guard try Self.lockProject(job.projectID, connection) else { return nil }
                return try Self.lockPipeline(job.pipelineID, project: job.projectID, connection)
            }
            guard let pipeline = locked else { throw .noPipeline }
            if let before = try Self.made(job, connection) {
                let record = try PublishingFailure.wrapping { () throws(PostgresError) in
                    try JobCatalog.jobs(ids: [before], connection).first
                }
                if let record { return record }
            }
            guard isRetryable else { throw .notRetryable }
            if pipeline.takesNoMore, job.retryOf == nil { throw .pipelineFinished }
            let made = try PublishingFailure.wrapping { () throws(PostgresError) -> JobRecord? in
                let id = try connection.query(Self.insertJob, Self.binds(job)).onlyRow().int64(0)
                if let key = job.key { try connection.query(Self.nameJob, id, key) }
                if let retried = job.retryOf { try connection.query(Self.markRetried, retried) }
                try pipeline.settle(isOpen: pipeline.isOpen, connection)
                let made = try JobCatalog.jobs(ids: [id], connection).first
                try record(connection, id)
                return made
            }
            guard let made else { throw .noPipeline }
            return made
        }
    }

    /// Locks the job whose place another takes.
    ///
    /// - Returns: `false` where there is none that it can take.
    private static func lockRetried(_ job: NewJob, _ connection: Connection) throws(PostgresError) -> Bool {
        guard let id = job.retryOf else { return true }
        return !(try connection.query(lockRetried, id, job.pipelineID, job.name).isEmpty)
    }

    private static func binds(_ job: NewJob) -> [Bind] {
        [
            .int8(job.projectID), .int8(job.pipelineID), .text(job.name), .text(job.stage),
            .text((job.isPending ? JobStatus.pending : .running).rawValue), .bool(job.allowsFailure),
            .text(job.when.rawValue), job.userID.bind, .bytes(job.tokenDigest), .textArray(job.tags),
        ]
    }

    static let lockRetried = Statement(
        "SELECT id FROM jobs WHERE id = $1 AND pipeline_id = $2 AND name = $3 AND NOT retried FOR NO KEY UPDATE"
    )

    static let markRetried = Statement("UPDATE jobs SET retried = true WHERE id = $1")

    static let insertJob = Statement(
        """
        INSERT INTO jobs (project_id, pipeline_id, name, stage, status, allow_failure, "when", user_id, token_digest, tags,
                          created_at, started_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, moment.now, CASE WHEN $5 = 'running' THEN moment.now END
        FROM (SELECT clock_timestamp() AS now OFFSET 0) moment
        RETURNING id
        """
    )
}

extension LockedPipeline {
    /// Whether it has ended, so that nobody expects another job of it.
    fileprivate var takesNoMore: Bool { !isOpen && status.isFinished }
}
