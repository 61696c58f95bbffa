internal import Artifacts
public import Postgres

extension ChangeCatalog {
    /// How erasing a job ended.
    public enum EraseOutcome: Sendable, Equatable {
        /// It has neither artifacts nor a log any more; the job as it is now.
        case erased(JobRecord)
        /// The job has nothing to erase, or has not come to an end.
        case notErasable
        /// The job has gone meanwhile.
        case noJob
    }

    /// Deletes all rows of a job, its log too, and notes that it was erased; its token works no more.
    ///
    /// Rows that are past their expiry do not make a job erasable, because the sweeper may have been there already; a
    /// log does, as nothing sweeps it, be it stored or still in the pieces that the runner sent.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - record: Called last in the transaction if it makes the change, for the audit trail.
    /// - Returns: How it ended; nothing was changed unless it is ``EraseOutcome/erased(_:)``.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func erase(
        job jobID: Int64,
        recording record: (Connection) throws(PostgresError) -> Void = { _ in }
    ) throws(PostgresError) -> EraseOutcome {
        try change { connection throws(PostgresError) in
            guard let status = try Self.lock(jobID, connection) else { return .noJob }
            guard status.isComplete else { return .notErasable }
            var rows: [Int64] = []
            var isErasable = false
            for row in try connection.query(Self.lockErased, jobID) {
                rows.append(try row.int64(0))
                if try row.bool(1) { isErasable = true }
            }
            if try connection.query(Self.eraseChunks, jobID).onlyRow().bool(0) { isErasable = true }
            guard isErasable else { return .notErasable }
            try connection.query(Self.eraseRows, rows)
            try connection.query(Self.expireNothing, jobID)
            try connection.query(Self.markErased, jobID)
            guard let job = try JobCatalog.jobs(ids: [jobID], connection).first else { return .noJob }
            try record(connection)
            return .erased(job)
        }
    }

    /// All rows of a job; the second column is true for what makes it erasable.
    static let lockErased = Statement(
        """
        SELECT a.id, a.file_type = 'trace' OR a.expire_at IS NULL OR a.locked OR a.expire_at > now()
        FROM artifacts a WHERE a.job_id = $1 ORDER BY a.id FOR UPDATE
        """
    )

    /// Before a job is found not to be erasable this deletes nothing: pieces alone make it erasable.
    static let eraseChunks = Statement(
        "WITH gone AS (DELETE FROM trace_chunks WHERE job_id = $1 RETURNING 1) SELECT EXISTS (SELECT 1 FROM gone)"
    )

    static let eraseRows = Statement(
        """
        WITH gone AS (DELETE FROM artifacts WHERE id = ANY ($1) RETURNING \(GoneArtifacts.columns))
        \(GoneArtifacts.remember("gone", isExpired: false))
        """
    )

    static let markErased = Statement("UPDATE jobs SET erased_at = now(), artifacts_expire_at = NULL WHERE id = $1")
}
