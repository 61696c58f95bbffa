public import Artifacts
public import Postgres

/// A job and its log, as one statement fetched them.
public struct TraceRecord: Sendable, Equatable {
    /// The row of the log, or `nil` where none is stored.
    public var trace: Row?
    /// How many bytes the log has that is not stored yet; 0 where there is a row, or no log at all.
    public var writtenBytes: Int64

    /// The artifact row of type `trace`.
    public struct Row: Sendable, Equatable {
        /// Who may read it.
        public var access: ArtifactAccess
        /// When it came in, in microseconds since the Unix epoch.
        public var createdAt: Int64
        /// The stored bytes.
        public var content: ContentRow
    }
}

/// Looks up the logs of jobs.
public struct TraceCatalog: Sendable {
    let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches a job's log.
    ///
    /// An uploaded one does not expire: sweeping and deleting leave it, and only erasing the job removes it. To one that a
    /// manifest gave an expiry applies what applies to all rows.
    ///
    /// - Parameters:
    ///   - jobID: The job; 0 is none.
    ///   - projectID: The project that it must belong to.
    /// - Returns: The log, or `nil` where there is no such job.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func trace(job jobID: Int64, project projectID: Int64) throws(PostgresError) -> TraceRecord? {
        let rows = try pool.query(Self.statement, jobID, projectID, idempotent: true)
        guard let row = try rows.optionalRow() else { return nil }
        var columns = RowCursor(row)
        let stored = try TraceRecord.Row(columns: &columns)
        return TraceRecord(trace: stored, writtenBytes: try columns.int64())
    }

    static let statement = Statement(
        """
        SELECT c.id, a.access, a.created_at, c.sha256, c.size,
               CASE WHEN a.id IS NULL THEN \(TraceLog.size(ofJob: "j.id")) ELSE 0 END
        FROM jobs j
        LEFT JOIN artifacts a ON a.job_id = j.id AND a.file_type = 'trace'
            AND (a.expire_at IS NULL OR a.locked OR a.expire_at > now())
        LEFT JOIN contents c ON c.id = a.content_id
        WHERE j.id = $1 AND j.project_id = $2
        """
    )
}

extension TraceRecord.Row {
    fileprivate init?(columns: inout RowCursor) throws(PostgresError) {
        guard let contentID = try columns.optionalInt64() else {
            columns.skip(4)
            return nil
        }
        access = try columns.choice(ArtifactAccess.self)
        createdAt = try columns.timestamp()
        content = ContentRow(id: contentID, digest: try columns.bytes(), size: try columns.int64())
    }
}
