public import Artifacts
public import Postgres

/// Looks up what decides about uploads, and takes them in.
public struct UploadCatalog: Sendable {
    let pool: ConnectionPool

    /// Works over a pool of connections.
    ///
    /// - Parameter pool: The pool; a connection is leased for a statement or a transaction, never while a body arrives.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches everything that decides about an upload, in one round trip.
    ///
    /// - Parameters:
    ///   - job: The job's number.
    ///   - token: SHA-256 of the token that came with the request.
    ///   - type: Whose limit is asked for, or `nil` where the type is not known yet.
    /// - Returns: The facts, or `nil` where there is no such job or the token is not its own.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func facts(job: Int64, token: [UInt8], type: FileType?) throws(PostgresError) -> UploadFacts? {
        let binds = Self.binds(job, token, type)
        return try Self.facts(try pool.query(Self.factsStatement, binds, idempotent: true))
    }

    /// The same, with the job locked, so that it cannot end before the transaction does.
    static func lockedFacts(
        _ connection: Connection,
        job: Int64,
        token: [UInt8],
        type: FileType
    ) throws(PostgresError) -> UploadFacts? {
        try facts(try connection.query(lockingStatement, binds(job, token, type)))
    }

    private static func binds(_ job: Int64, _ token: [UInt8], _ type: FileType?) -> [Bind] {
        [.int8(job), .bytes(token), type.map { .text($0.rawValue) } ?? .null(.text)]
    }

    private static func facts(_ rows: Rows) throws(PostgresError) -> UploadFacts? {
        guard !rows.isEmpty else { return nil }
        var columns = RowCursor(try rows.onlyRow())
        return try UploadFacts(columns: &columns)
    }

    static let factsStatement = Statement("SELECT \(columns)\n\(source)")

    /// A client that has its 201 must find the artifact after a crash: a server that is told not to wait for its log waits
    /// in this transaction all the same.
    static let lockingStatement = Statement("SELECT \(columns), \(durability)\n\(source)\nFOR NO KEY UPDATE OF j")

    private static let durability = """
        CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END
        """

    private static let columns = """
        j.status, j.erased_at IS NOT NULL, j.project_id, j.pipeline_id, p.path, j.user_id, u.state, p.max_artifact_size,
               COALESCE((SELECT l.max_size FROM artifact_size_limits l
                         WHERE l.project_id = j.project_id AND l.file_type = $3),
                        (SELECT l.max_size FROM artifact_size_limits l
                         WHERE l.project_id IS NULL AND l.file_type = $3)),
               p.artifacts_quota, COALESCE(s.job_artifacts_size, 0),
               EXISTS (SELECT 1 FROM artifacts a WHERE a.job_id = j.id)
        """

    private static let source = """
        FROM jobs j
        JOIN projects p ON p.id = j.project_id
        LEFT JOIN users u ON u.id = j.user_id
        LEFT JOIN project_statistics s ON s.project_id = j.project_id
        WHERE j.id = $1 AND j.token_digest = $2
        """
}
