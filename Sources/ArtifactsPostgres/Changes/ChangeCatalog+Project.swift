public import Postgres

extension ChangeCatalog {
    /// Notes the request to delete all artifacts of a project, in constant time; the sweeper works it off.
    ///
    /// It reaches the rows that exist now. A request that nobody has begun with and that reaches as far will do, so that
    /// repeating one makes no more work; the sweeper holds the one that it begins with.
    ///
    /// - Parameters:
    ///   - projectID: The project.
    ///   - userID: Who asks, or `nil`.
    ///   - record: Called last in the transaction, for the audit trail.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func requestDeletion(
        project projectID: Int64,
        user userID: Int64?,
        recording record: (Connection) throws(PostgresError) -> Void = { _ in }
    ) throws(PostgresError) {
        try change { connection throws(PostgresError) in
            _ = try connection.query(Self.requestDeletion, projectID, userID)
            try record(connection)
        }
    }

    static let requestDeletion = Statement(
        """
        WITH newest AS (
            SELECT max(a.id) AS id FROM artifacts a WHERE a.project_id = $1
        ), pending AS (
            SELECT d.id FROM artifact_deletions d
            WHERE d.project_id = $1 AND d.finished_at IS NULL AND d.done_through_id = 0
              AND d.last_artifact_id >= (SELECT id FROM newest)
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        )
        INSERT INTO artifact_deletions (project_id, user_id, last_artifact_id)
        SELECT $1, $2, newest.id FROM newest
        WHERE newest.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pending)
        """
    )
}
