internal import Artifacts
public import Postgres

/// Looks up what decides about changing artifacts, and changes them: each change is one transaction.
public struct ChangeCatalog: Sendable {
    let pool: ConnectionPool

    /// Works over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement or transaction.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches everything that decides about changing a job's artifacts, in one round trip.
    ///
    /// - Parameters:
    ///   - jobID: The job; 0 stands for a number that no job can have.
    ///   - project: How the request names the project, or `nil` where it cannot be read.
    ///   - accessToken: SHA-256 of what may be an access token, or `nil`.
    /// - Returns: The facts; what does not exist is `nil`.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func facts(
        job jobID: Int64,
        in project: ProjectSelector?,
        accessToken: [UInt8]?
    ) throws(PostgresError) -> ChangeFacts {
        let binds = AccessCatalog.binds(project, accessToken, nil) + [.int8(jobID)]
        return try ChangeFacts(pool.query(ChangeStatement.statement, binds, idempotent: true).onlyRow())
    }

    /// Runs a change, and again should it have been chosen to end a deadlock.
    func change<R>(_ body: (Connection) throws(PostgresError) -> R) throws(PostgresError) -> R {
        for _ in 1..<3 {
            do {
                return try pool.transaction(body)
            } catch {
                guard error.isRetryable else { throw error }
            }
        }
        return try pool.transaction(body)
    }

    /// Locks a job, so that changes of its artifacts come one after the other, and tells its status.
    ///
    /// The key of its pipeline is locked as well: an event that recomputes locks updates all rows of a pipeline in an
    /// order of its own, and two such orders would be a deadlock. Intakes, which refer to both, are not held up.
    ///
    /// - Returns: The job's status, or `nil` where it has gone.
    static func lock(_ jobID: Int64, _ connection: Connection) throws(PostgresError) -> JobStatus? {
        try connection.query(lockJob, jobID).optionalRow()?.choice(0, of: JobStatus.self)
    }

    static let lockJob = Statement(
        """
        SELECT j.status FROM jobs j JOIN pipelines pl ON pl.id = j.pipeline_id
        WHERE j.id = $1
        FOR NO KEY UPDATE OF j FOR KEY SHARE OF pl
        """
    )

    static let clearExpiryOfJob = Statement(
        "UPDATE jobs SET artifacts_expire_at = NULL WHERE id = $1 AND artifacts_expire_at IS NOT NULL"
    )
}
