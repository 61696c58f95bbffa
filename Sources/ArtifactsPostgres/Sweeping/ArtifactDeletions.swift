public import Postgres

/// The requests to delete all artifacts of a project, worked off batch by batch.
///
/// A request names the newest row that there was; a batch looks at the next rows up to it, in the order of their numbers,
/// and deletes those that can be: neither a job's log nor of a pipeline that is locked at that moment. Deleting is what
/// becomes of an expired row anyway, and spares writing each row twice.
public struct ArtifactDeletions: Sendable {
    /// What one batch did.
    public struct Batch: Sendable, Equatable {
        /// The request that it belongs to.
        public let request: Int64
        /// What went.
        public let gone: RowCount
        /// Whether the request is done with.
        public let isFinished: Bool
    }

    private let pool: ConnectionPool
    private let limit: Int

    /// Prepares working off requests.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - limit: How many rows a batch looks at at most.
    public init(pool: ConnectionPool, limit: Int) {
        self.pool = pool
        self.limit = limit
    }

    /// Whether there are requests that are not done with.
    ///
    /// - Returns: True if there are; reads one entry of a small index.
    /// - Throws: `PostgresError` where the database is away.
    public func areOpen() throws(PostgresError) -> Bool {
        try pool.query(Self.open, [], idempotent: true).onlyRow().bool(0)
    }

    /// Works off the next batch of the next request that nobody else works on.
    ///
    /// Requests take turns, so that a small one does not wait for the end of a large one; those of one project come one
    /// after the other. A row that is being kept this instant is waited for: the batch is the later of the two and wins.
    ///
    /// - Parameters:
    ///   - request: The request that the last batch belonged to; the turn is of the one behind it.
    ///   - failed: Requests that are passed over.
    /// - Returns: What was done, or `nil` where there is no such request.
    /// - Throws: `PostgresError` where the database refuses or is away; nothing of the batch has gone then.
    public func deleteBatch(after request: Int64, passingOver failed: [Int64] = []) throws(PostgresError) -> Batch? {
        let limit = Int64(limit)
        return try pool.transaction { connection throws(PostgresError) -> Batch? in
            let turn = try connection.query(Self.turn, request, failed).optionalRow()
            guard let turn else { return nil }
            let (id, project) = (try turn.int64(0), try turn.int64(1))
            let (done, last) = (try turn.int64(2), try turn.int64(3))
            let window = try connection.query(
                Self.window,
                [.int8(project), .int8(done), .int8(last), .int8(Int64(limit))]
            ).onlyRow()
            // A window that is not full is the last one.
            let isLast = try window.int64(0) < Int64(limit)
            let end = isLast ? last : try window.int64(1)
            let gone = try delete(connection, [.int8(project), .int8(done), .int8(end), .int8(last)])
            try connection.query(Self.advance, [.int8(id), .int8(end), .bool(isLast)])
            return Batch(request: id, gone: gone, isFinished: isLast)
        }
    }

    /// The request whose turn it is: the one that a batch has just failed at, if nobody else works on it.
    ///
    /// - Parameters:
    ///   - request: The request that the last batch belonged to.
    ///   - failed: Requests that are passed over.
    /// - Returns: Its number, or `nil` where there is none.
    /// - Throws: `PostgresError` where the database is away.
    public func next(after request: Int64, passingOver failed: [Int64]) throws(PostgresError) -> Int64? {
        try pool.query(Self.turn, request, failed).optionalRow()?.int64(0)
    }

    private func delete(_ connection: Connection, _ rows: [Bind]) throws(PostgresError) -> RowCount {
        try connection.query(Self.showExpiry, rows)
        let row = try connection.query(Self.delete, Array(rows.dropLast())).onlyRow()
        return RowCount(rows: try row.int64(0), bytes: try row.int64(1))
    }

    static let open = Statement("SELECT EXISTS (SELECT 1 FROM artifact_deletions WHERE finished_at IS NULL)")

    static let turn = Statement(
        """
        SELECT d.id, d.project_id, d.done_through_id, d.last_artifact_id FROM artifact_deletions d
        WHERE d.finished_at IS NULL AND d.id <> ALL ($2) AND NOT EXISTS (
            SELECT 1 FROM artifact_deletions o
            WHERE o.project_id = d.project_id AND o.finished_at IS NULL AND o.id < d.id
        )
        ORDER BY d.id <= $1, d.id LIMIT 1
        FOR NO KEY UPDATE OF d SKIP LOCKED
        """
    )

    static let window = Statement(
        """
        SELECT count(*), max(id) FROM (
            SELECT id FROM artifacts WHERE project_id = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT $4
        ) seen
        """
    )

    /// The numbers of rows are in the order of an index; `OFFSET 0` keeps the planner from making a join of it.
    private static let rows = """
        SELECT a.id, a.job_id FROM artifacts a
        WHERE a.project_id = $1 AND a.id > $2 AND a.id <= $3
          AND NOT a.locked AND a.file_type IN (\(FileTypeList.erasable)) OFFSET 0
        """

    /// So that the job shows that its artifacts have expired, unless newer rows of it stay.
    ///
    /// Before the rows, because who keeps artifacts takes the job's row first, too.
    static let showExpiry = Statement(
        """
        UPDATE jobs j SET artifacts_expire_at = now()
        WHERE j.id = ANY (ARRAY (SELECT w.job_id FROM (\(rows)) w))
          AND (j.artifacts_expire_at IS NULL OR j.artifacts_expire_at > now())
          AND NOT EXISTS (
            SELECT 1 FROM artifacts n
            WHERE n.job_id = j.id AND n.id > $4 AND n.file_type IN (\(FileTypeList.erasable))
          )
        """
    )

    static let delete = Statement(
        """
        WITH gone AS (
            DELETE FROM artifacts
            WHERE id = ANY (ARRAY (SELECT w.id FROM (\(rows)) w))
              AND NOT locked AND file_type IN (\(FileTypeList.erasable))
            RETURNING \(GoneArtifacts.columns), size
        ), remembered AS (
            \(GoneArtifacts.remember("gone", isExpired: true))
        )
        SELECT count(*), COALESCE(sum(size), 0)::int8 FROM gone
        """
    )

    static let advance = Statement(
        """
        UPDATE artifact_deletions SET done_through_id = $2, finished_at = CASE WHEN $3 THEN now() END WHERE id = $1
        """
    )
}
