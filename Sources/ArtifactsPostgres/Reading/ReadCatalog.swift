public import Artifacts
public import Postgres

/// Looks up what decides about reading artifacts.
public struct ReadCatalog: Sendable {
    private let pool: ConnectionPool
    private let batcher: StatementBatcher

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement, which may be that of several requests.
    public init(pool: ConnectionPool) {
        self.pool = pool
        batcher = StatementBatcher(pool: pool)
    }

    /// Fetches everything that decides about one read, in one round trip.
    ///
    /// - Parameters:
    ///   - target: Which job's artifact is wanted.
    ///   - fileType: The archive, or a report.
    ///   - project: How the request names the project.
    ///   - accessToken: SHA-256 of what may be an access token, or `nil`.
    ///   - jobToken: SHA-256 of what may be a job token, or `nil`.
    /// - Returns: The facts; what does not exist is `nil`.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func facts(
        for target: ReadTarget,
        fileType: FileType = .archive,
        in project: ProjectSelector,
        accessToken: [UInt8]?,
        jobToken: [UInt8]?
    ) throws(PostgresError) -> ReadFacts {
        var binds = AccessCatalog.binds(project, accessToken, jobToken)
        let shape = AccessShape.of(project, accessToken, jobToken)
        switch target {
        case .job(let id):
            binds += [.int8(id), .text(fileType.rawValue)]
            return try ReadFacts(batcher.row(ReadStatement.byJobID[shape], binds))
        case .latest(let ref, let jobName, let searchesRecentPipelines):
            binds += [.text(ref), .text(jobName), .text(fileType.rawValue)]
            guard searchesRecentPipelines else {
                return try ReadFacts(batcher.row(ReadStatement.latest[shape], binds))
            }
            // It may look through 100 families: others should not wait for that.
            let statement = ReadStatement.recent[shape].single
            return try ReadFacts(pool.query(statement, binds, idempotent: true).onlyRow())
        }
    }
}
