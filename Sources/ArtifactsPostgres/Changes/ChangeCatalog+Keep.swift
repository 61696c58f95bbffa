public import Postgres

extension ChangeCatalog {
    /// How keeping a job's artifacts ended.
    public enum KeepOutcome: Sendable, Equatable {
        /// They do not expire any more; the job as it is now.
        case kept(JobRecord)
        /// The job has no archive, or one that is past its own expiry, be it locked or not.
        case noArchive
        /// The job has gone meanwhile.
        case noJob
    }

    /// Clears the expiry of a job and of its rows.
    ///
    /// Rows that are past their expiry and not locked are left alone: whether the sweeper has been there already must
    /// not matter. A sweeper that holds the rows is waited for, and one that comes later passes over them.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - record: Called last in the transaction if it makes the change, for the audit trail.
    /// - Returns: How it ended; nothing was changed unless it is ``KeepOutcome/kept(_:)``.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func keep(
        job jobID: Int64,
        recording record: (Connection) throws(PostgresError) -> Void = { _ in }
    ) throws(PostgresError) -> KeepOutcome {
        try change { connection throws(PostgresError) in
            guard try Self.lock(jobID, connection) != nil else { return .noJob }
            var rows: [Int64] = []
            var hasArchive = false
            for row in try connection.query(Self.lockKept, jobID) {
                rows.append(try row.int64(0))
                if try row.bool(1) { hasArchive = true }
            }
            guard hasArchive else { return .noArchive }
            try connection.query(Self.clearExpiryOfRows, rows)
            try connection.query(Self.clearExpiryOfJob, jobID)
            guard let job = try JobCatalog.jobs(ids: [jobID], connection).first else { return .noJob }
            try record(connection)
            return .kept(job)
        }
    }

    /// The available rows of a job; the second column is true for an archive that is not past its own expiry.
    static let lockKept = Statement(
        """
        SELECT a.id, a.file_type = 'archive' AND (a.expire_at IS NULL OR a.expire_at > now())
        FROM artifacts a
        WHERE a.job_id = $1 AND (a.expire_at IS NULL OR a.locked OR a.expire_at > now())
        ORDER BY a.id
        FOR NO KEY UPDATE
        """
    )

    static let clearExpiryOfRows = Statement(
        "UPDATE artifacts SET expire_at = NULL WHERE id = ANY ($1) AND expire_at IS NOT NULL"
    )
}
