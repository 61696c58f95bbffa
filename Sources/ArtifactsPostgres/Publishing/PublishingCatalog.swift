internal import Artifacts
public import Postgres

/// Makes and ends pipelines and jobs: each change is one transaction, which leaves statuses and locks as they are defined.
///
/// Every change that may end in another status of a pipeline holds the project's row, as ``PipelineLocks`` does, before it
/// looks at the pipeline's jobs: of jobs that end at once, the last one sees all others. The order of locks is job, project,
/// pipeline; an intake, which takes job, content, pipeline and statistics, never waits for a project.
public struct PublishingCatalog: Sendable {
    let pool: ConnectionPool

    /// Works over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement or transaction.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Runs a change, and again where it was chosen to end a deadlock, or where an `apply` has taken the number that it drew.
    func change<R>(_ body: (Connection) throws(PublishingFailure) -> R) throws(PublishingFailure) -> R {
        for _ in 1..<4 {
            do {
                return try pool.transaction(throwing: PublishingFailure.self, body)
            } catch {
                guard case .database(let cause) = error, cause.isRetryable || cause.isUniqueViolation else {
                    throw error
                }
            }
        }
        return try pool.transaction(throwing: PublishingFailure.self, body)
    }

    /// Locks a project, so that changes of its pipelines' statuses come one after the other.
    ///
    /// - Returns: `false` where it has gone.
    static func lockProject(_ id: Int64, _ connection: Connection) throws(PostgresError) -> Bool {
        !(try connection.query(lockProject, id).isEmpty)
    }

    /// Locks a pipeline of a project whose row is locked.
    ///
    /// - Returns: The pipeline, or `nil` where the project has none of that number.
    static func lockPipeline(
        _ id: Int64,
        project projectID: Int64,
        _ connection: Connection
    ) throws(PostgresError) -> LockedPipeline? {
        guard let row = try connection.query(lockPipeline, id, projectID).optionalRow() else { return nil }
        return try LockedPipeline(id: id, projectID: projectID, row)
    }

    /// As for uploads, a client that has its answer must find what it tells of after a crash.
    static let lockProject = Statement(
        """
        SELECT id, CASE current_setting('synchronous_commit')
                   WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END
        FROM projects WHERE id = $1 FOR NO KEY UPDATE
        """
    )

    static let lockPipeline = Statement(
        """
        SELECT tag, ref, status, open, declared_status FROM pipelines WHERE id = $1 AND project_id = $2
        FOR NO KEY UPDATE
        """
    )
}

extension PostgresError {
    fileprivate var isUniqueViolation: Bool { sqlState == .uniqueViolation }
}
