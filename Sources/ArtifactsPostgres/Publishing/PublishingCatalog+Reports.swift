public import Artifacts
public import Postgres

extension PublishingCatalog {
    /// Fetches what decides about a runner's word, in one round trip.
    ///
    /// - Parameters:
    ///   - job: The job's number.
    ///   - token: SHA-256 of the token that came with the request.
    /// - Returns: The facts, or `nil` where there is no such job or the token is not its own.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func facts(job: Int64, token: [UInt8]) throws(PostgresError) -> UploadFacts? {
        try UploadCatalog(pool: pool).facts(job: job, token: token, type: nil)
    }

    /// Takes the word of a job's runner: the job's status, its pipeline's and the locks change in one transaction.
    ///
    /// - Parameters:
    ///   - report: What the runner says.
    ///   - jobID: The job's number.
    ///   - token: SHA-256 of the job's token, which works for nothing but a repetition once the job has ended.
    ///   - failureReason: Why it failed; kept where that is its end.
    ///   - record: Called last in the transaction if it ends the job, for the audit trail.
    /// - Returns: The job's status, and whether it is a new one.
    /// - Throws: ``PublishingFailure``.
    public func take(
        _ report: JobReport,
        job jobID: Int64,
        token: [UInt8],
        failureReason: String?,
        recording record: (Connection) throws(PostgresError) -> Void = { _ in }
    ) throws(PublishingFailure) -> (status: JobStatus, hasChanged: Bool) {
        try change { connection throws(PublishingFailure) in
            let locked = try PublishingFailure.wrapping { () throws(PostgresError) in
                try UploadCatalog.lockedFacts(connection, job: jobID, token: token, type: .archive)
            }
            guard let facts = locked else { throw .refused(.unknown) }
            let next: JobStatus?
            do throws(UploadRefusal) { next = try facts.job.status(after: report) } catch { throw .refused(error) }
            guard let status = next else { return (facts.job.status, false) }
            try PublishingFailure.wrapping { () throws(PostgresError) in
                guard try Self.lockProject(facts.projectID, connection),
                    let pipeline = try Self.lockPipeline(facts.pipelineID, project: facts.projectID, connection)
                else { return }
                let reason = status == .failed ? failureReason : nil
                try connection.query(Self.updateJob, jobID, status.rawValue, reason)
                try pipeline.settle(isOpen: pipeline.isOpen, connection)
                if status.hasEnded { try record(connection) }
            }
            return (status, true)
        }
    }

    static let updateJob = Statement(
        """
        UPDATE jobs SET status = $2, failure_reason = $3,
            started_at = CASE WHEN $2 = 'running' THEN clock_timestamp() ELSE started_at END,
            finished_at = CASE WHEN $2 <> 'running' THEN clock_timestamp() END
        WHERE id = $1
        """
    )
}
