public import Postgres

/// Looks up what decides about a caller and a project, for endpoints that are not reads of artifacts.
public struct AccessCatalog: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches everything that decides about a caller and a project, in one round trip.
    ///
    /// - Parameters:
    ///   - project: How the request names the project, or `nil` where it names none.
    ///   - accessToken: SHA-256 of what may be an access token, or `nil`.
    ///   - jobToken: SHA-256 of what may be a job token, or `nil`.
    /// - Returns: The facts; what does not exist is `nil`.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func facts(
        in project: ProjectSelector?,
        accessToken: [UInt8]?,
        jobToken: [UInt8]?
    ) throws(PostgresError) -> AccessFacts {
        let binds = Self.binds(project, accessToken, jobToken)
        var columns = RowCursor(try pool.query(AccessStatement.statement, binds, idempotent: true).onlyRow())
        return try AccessFacts(columns: &columns)
    }

    /// The first four binds of every statement that builds on ``AccessStatement``.
    package static func binds(_ project: ProjectSelector?, _ accessToken: [UInt8]?, _ jobToken: [UInt8]?) -> [Bind] {
        let tokens = [digest(accessToken), digest(jobToken)]
        switch project {
        case .id(let id): return tokens + [.int8(id), .null(.text)]
        case .path(let key): return tokens + [.null(.int8), .text(key)]
        case nil: return tokens + [.null(.int8), .null(.text)]
        }
    }

    private static func digest(_ bytes: [UInt8]?) -> Bind {
        bytes.map(Bind.bytes) ?? .null(.bytea)
    }
}
