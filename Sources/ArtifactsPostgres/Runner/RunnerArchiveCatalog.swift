internal import Artifacts
public import Postgres

/// Looks up what decides about fetching an archive with a job token and the job's number alone.
public struct RunnerArchiveCatalog: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches everything that decides about one fetch, in one round trip.
    ///
    /// - Parameters:
    ///   - jobID: The job whose archive is wanted; its project is the one that the facts are about.
    ///   - token: SHA-256 of the job token.
    /// - Returns: The facts; what does not exist is `nil`.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func facts(job jobID: Int64, token: [UInt8]) throws(PostgresError) -> ReadFacts {
        let binds =
            AccessCatalog.binds(nil, nil, token) + [.int8(jobID), .text(FileType.archive.rawValue)]
        let statement = ReadStatement.byJobID[AccessShape(credentials: .any, naming: .job)].single
        return try ReadFacts(pool.query(statement, binds, idempotent: true).onlyRow())
    }
}
