internal import Artifacts
public import Postgres

/// Finds the jobs of a project or pipeline, page by page, the newest first.
///
/// A page and the total are one statement, and both are read from indexes alone: a page costs as many entries as come
/// before its end, the total as many as the list has.
public struct JobListing: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Finds jobs of a project.
    ///
    /// - Parameters:
    ///   - projectID: The project.
    ///   - filter: Which of its jobs.
    ///   - window: Which part of the list.
    /// - Returns: The page.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func jobs(
        project projectID: Int64,
        _ filter: JobFilter,
        _ window: ListWindow
    ) throws(PostgresError) -> ListPage {
        let binds: [Bind] = [.int8(projectID), .int8(window.limit), .int8(window.offset)]
        guard let statuses = filter.statuses else {
            let statement = filter.includesRetried ? Self.allOfProject : Self.currentOfProject
            return try ListPage(pool.query(statement, binds, idempotent: true).onlyRow())
        }
        let scope: [Bind] = [.textArray(statuses.map(\.rawValue)), .bool(filter.includesRetried)]
        return try ListPage(pool.query(Self.scopedOfProject, binds + scope, idempotent: true).onlyRow())
    }

    /// Finds jobs of a pipeline.
    ///
    /// - Parameters:
    ///   - pipelineID: The pipeline.
    ///   - filter: Which of its jobs.
    ///   - window: Which part of the list.
    /// - Returns: The page.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func jobs(
        pipeline pipelineID: Int64,
        _ filter: JobFilter,
        _ window: ListWindow
    ) throws(PostgresError) -> ListPage {
        let statuses = filter.statuses.map { Bind.textArray($0.map(\.rawValue)) } ?? .null(.textArray)
        let binds: [Bind] = [
            .int8(pipelineID), .int8(window.limit), .int8(window.offset), statuses, .bool(filter.includesRetried),
        ]
        return try ListPage(pool.query(Self.ofPipeline, binds, idempotent: true).onlyRow())
    }

    /// Finds out whether a job is one of a project.
    ///
    /// - Parameters:
    ///   - jobID: The job; 0 is none.
    ///   - projectID: The project.
    /// - Returns: `false` also where there is no such job.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func has(job jobID: Int64, project projectID: Int64) throws(PostgresError) -> Bool {
        try pool.query(Self.membership, jobID, projectID, idempotent: true).onlyRow().bool(0)
    }

    static let membership = Statement("SELECT EXISTS (SELECT 1 FROM jobs WHERE id = $1 AND project_id = $2)")

    static let allOfProject = list("jobs WHERE project_id = $1")
    static let currentOfProject = list("jobs WHERE project_id = $1 AND NOT retried")
    static let ofPipeline = list(
        "jobs WHERE pipeline_id = $1 AND ($5 OR NOT retried) AND ($4 IS NULL OR status = ANY ($4))"
    )

    /// Each status is a part of the index that is in the list's order, so that a rare one costs no walk through all jobs.
    static let scopedOfProject = Statement(
        """
        SELECT
            (SELECT COALESCE(sum(n.jobs), 0)::int8 FROM \(parts) CROSS JOIN LATERAL (
                SELECT count(*) AS jobs FROM jobs j
                WHERE j.project_id = $1 AND j.retried = r.retried AND j.status = s.status OFFSET 0
            ) n),
            ARRAY(
                SELECT n.id FROM \(parts) CROSS JOIN LATERAL (
                    SELECT j.id FROM jobs j
                    WHERE j.project_id = $1 AND j.retried = r.retried AND j.status = s.status
                    ORDER BY j.id DESC LIMIT $2 + $3
                ) n
                ORDER BY n.id DESC LIMIT $2 OFFSET $3
            )
        """
    )

    private static let parts = """
        unnest($4::text[]) AS s (status)
                CROSS JOIN unnest(CASE WHEN $5 THEN ARRAY[false, true] ELSE ARRAY[false] END) AS r (retried)
        """

    private static func list(_ jobs: String) -> Statement {
        Statement(
            """
            SELECT (SELECT count(*) FROM \(jobs)),
                   ARRAY(SELECT id FROM \(jobs) ORDER BY id DESC LIMIT $2 OFFSET $3)
            """
        )
    }
}

extension ListPage {
    /// Decodes the total and the numbers of a page.
    init(_ row: Row) throws(PostgresError) {
        self.init(ids: try row.int64Array(1), total: try row.int64(0))
    }
}
