public import Postgres

extension ChangeCatalog {
    /// Deletes all rows of a job but its log, whatever their expiry or lock.
    ///
    /// With them goes the expiry that the job shows, and what is remembered of rows that were swept before: a later miss is
    /// told as "no archive", not as "expired". A trigger queues the contents.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - record: Called last in the transaction if it makes the change, for the audit trail.
    /// - Returns: `false` where the job has gone meanwhile; `true` also where there was nothing to delete.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func delete(
        job jobID: Int64,
        recording record: (Connection) throws(PostgresError) -> Void = { _ in }
    ) throws(PostgresError) -> Bool {
        try change { connection throws(PostgresError) in
            guard try Self.lock(jobID, connection) != nil else { return false }
            try connection.query(Self.deleteRows, jobID)
            try connection.query(Self.expireNothing, jobID)
            try connection.query(Self.clearExpiryOfJob, jobID)
            try record(connection)
            return true
        }
    }

    /// Locks the rows in the order that all lock them in before any is deleted.
    static let deleteRows = Statement(
        """
        WITH doomed AS (
            SELECT a.id FROM artifacts a WHERE a.job_id = $1 AND a.file_type <> 'trace' ORDER BY a.id FOR UPDATE
        ), gone AS (
            DELETE FROM artifacts WHERE id = ANY (ARRAY (SELECT id FROM doomed)) RETURNING \(GoneArtifacts.columns)
        )
        \(GoneArtifacts.remember("gone", isExpired: false))
        """
    )

    static let expireNothing = Statement(GoneArtifacts.expireNothing)
}
