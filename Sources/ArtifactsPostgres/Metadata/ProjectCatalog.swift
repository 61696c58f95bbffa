internal import Artifacts
public import Postgres

/// Looks up what the API shows of projects.
public struct ProjectCatalog: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches a project.
    ///
    /// - Parameters:
    ///   - id: The project.
    ///   - userID: Whose memberships are told, or `nil`.
    /// - Returns: The project, or `nil` where it has gone meanwhile.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func project(_ id: Int64, for userID: Int64?) throws(PostgresError) -> ProjectRecord? {
        let rows = try pool.query(Self.statement, id, userID, idempotent: true)
        return try rows.optionalRow().map { row throws(PostgresError) in try ProjectRecord(row) }
    }

    static let statement = Statement(
        """
        SELECT p.name, p.created_at, p.default_branch, p.keep_latest_artifact, g.id, g.parent_id,
            COALESCE(s.job_artifacts_size, 0),
            (SELECT max(m.role) FROM members m
             WHERE m.user_id = $2 AND m.project_id = p.id AND (m.expires_at IS NULL OR m.expires_at > now())),
            (SELECT max(m.role) FROM members m
             WHERE m.user_id = $2 AND m.group_id = ANY (p.ancestor_ids)
               AND (m.expires_at IS NULL OR m.expires_at > now()))
        FROM projects p
        LEFT JOIN groups g ON g.id = p.group_id
        LEFT JOIN project_statistics s ON s.project_id = p.id
        WHERE p.id = $1
        """
    )
}

extension ProjectRecord {
    /// Decodes the columns of ``ProjectCatalog``'s statement, in their order.
    fileprivate init(_ row: Row) throws(PostgresError) {
        var columns = RowCursor(row)
        name = try columns.text()
        createdAt = try columns.timestamp()
        defaultBranch = try columns.optionalText()
        keepsLatestArtifact = try columns.bool()
        let groupID = try columns.optionalInt64()
        let parentID = try columns.optionalInt64()
        group = groupID.map { Group(id: $0, parentID: parentID) }
        artifactsSize = try columns.int64()
        projectRole = try columns.optionalInt64().flatMap { Role(rawValue: Int16(truncatingIfNeeded: $0)) }
        groupRole = try columns.optionalInt64().flatMap { Role(rawValue: Int16(truncatingIfNeeded: $0)) }
    }
}
