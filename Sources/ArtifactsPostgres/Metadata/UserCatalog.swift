internal import Artifacts
public import Postgres

/// What the API shows a user of themselves, as one statement fetched it.
public struct UserRecord: Sendable, Equatable {
    /// What everyone may know.
    public var summary: JobRecord.User
    /// The address.
    public var email: String
    /// Whether the user is an administrator.
    public var isAdmin: Bool
    /// Whether the user is an auditor.
    public var isAuditor: Bool
    /// Whether the user sees internal projects only as a member.
    public var isExternal: Bool
}

/// Looks up what the API shows of users.
public struct UserCatalog: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches a user.
    ///
    /// - Parameter id: The user.
    /// - Returns: The user, or `nil` where they have gone meanwhile.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func user(_ id: Int64) throws(PostgresError) -> UserRecord? {
        let rows = try pool.query(Self.statement, id, idempotent: true)
        return try rows.optionalRow().flatMap { row throws(PostgresError) in try UserRecord(row) }
    }

    static let statement = Statement(
        """
        SELECT u.id, u.username, u.name, u.state, u.kind <> 'human', u.created_at,
               u.email, u.admin, u.auditor, u.external
        FROM users u WHERE u.id = $1
        """
    )
}

extension UserRecord {
    /// Decodes the columns of ``UserCatalog``'s statement, in their order.
    fileprivate init?(_ row: Row) throws(PostgresError) {
        var columns = RowCursor(row)
        guard let summary = try JobRecord.User(columns: &columns) else { return nil }
        self.summary = summary
        email = try columns.text()
        isAdmin = try columns.bool()
        isAuditor = try columns.bool()
        isExternal = try columns.bool()
    }
}
