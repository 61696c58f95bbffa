internal import Artifacts
public import Postgres

/// Looks up what the API shows of pipelines.
public struct PipelineCatalog: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Finds pipelines of a project.
    ///
    /// - Parameters:
    ///   - projectID: The project.
    ///   - filter: Which of its pipelines, and in which order.
    ///   - window: Which part of the list.
    /// - Returns: The page.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func page(
        project projectID: Int64,
        _ filter: PipelineFilter,
        _ window: ListWindow
    ) throws(PostgresError) -> ListPage {
        let statement = PipelineListStatement.make(project: projectID, filter, window)
        return try ListPage(pool.query(statement, idempotent: true).onlyRow())
    }

    /// Fetches what lists show of pipelines.
    ///
    /// - Parameter ids: The pipelines' numbers.
    /// - Returns: The pipelines in that order; what does not exist is left out.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func summaries(ids: [Int64]) throws(PostgresError) -> [JobRecord.Pipeline] {
        guard !ids.isEmpty else { return [] }
        var pipelines: [JobRecord.Pipeline] = []
        pipelines.reserveCapacity(ids.count)
        for row in try pool.query(Self.summaries, [.int8Array(ids)], idempotent: true) {
            var columns = RowCursor(row)
            pipelines.append(try JobRecord.Pipeline(columns: &columns))
        }
        return pipelines
    }

    /// Finds out whether a pipeline is one of a project.
    ///
    /// - Parameters:
    ///   - id: The pipeline; 0 is none.
    ///   - projectID: The project.
    /// - Returns: `false` also where there is no such pipeline.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func has(_ id: Int64, project projectID: Int64) throws(PostgresError) -> Bool {
        try pool.query(Self.membership, id, projectID, idempotent: true).onlyRow().bool(0)
    }

    /// Fetches a pipeline with all that is shown of it.
    ///
    /// - Parameters:
    ///   - id: The pipeline; 0 is none.
    ///   - projectID: The project that it must belong to.
    /// - Returns: The pipeline, or `nil`.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func pipeline(_ id: Int64, project projectID: Int64) throws(PostgresError) -> PipelineRecord? {
        let rows = try pool.query(Self.pipeline, id, projectID, idempotent: true)
        return try rows.optionalRow().map { row throws(PostgresError) in try PipelineRecord(row) }
    }

    /// The same, as an open transaction sees it.
    static func pipeline(
        _ id: Int64,
        project projectID: Int64,
        _ connection: Connection
    ) throws(PostgresError) -> PipelineRecord? {
        let rows = try connection.query(Self.pipeline, id, projectID)
        return try rows.optionalRow().map { row throws(PostgresError) in try PipelineRecord(row) }
    }

    private static let columns = """
        pl.id, pl.iid, pl.ref, pl.tag, pl.sha, pl.source, pl.status, pl.created_at, pl.updated_at
        """

    static let membership = Statement("SELECT EXISTS (SELECT 1 FROM pipelines WHERE id = $1 AND project_id = $2)")

    /// Each number leads to its pipeline by the key, also in a generic plan that does not know how many there are.
    static let summaries = Statement(
        """
        SELECT \(columns)
        FROM unnest($1) WITH ORDINALITY AS wanted (id, place)
        CROSS JOIN LATERAL (SELECT * FROM pipelines WHERE pipelines.id = wanted.id OFFSET 0) pl
        ORDER BY wanted.place
        """
    )

    /// Times, duration and coverage follow from the jobs that no later one has replaced, as in GitLab; the time that
    /// several of them ran at once counts once.
    static let pipeline = Statement(
        """
        SELECT \(columns),
            u.id, u.username, u.name, u.state, u.kind <> 'human', u.created_at,
            t.started_at,
            CASE WHEN pl.finished THEN t.finished_at END,
            CASE WHEN pl.finished THEN (
                SELECT floor(EXTRACT(EPOCH FROM sum(upper(run) - lower(run))))::int8 FROM unnest(t.runs) run
            ) END,
            GREATEST(floor(EXTRACT(EPOCH FROM t.started_at - pl.created_at)), 0)::int8,
            to_char(t.coverage, 'FM999999990.00')
        FROM pipelines pl
        CROSS JOIN LATERAL (
            SELECT min(j.started_at) AS started_at, max(j.finished_at) AS finished_at,
                   avg(j.coverage) AS coverage,
                   range_agg(tstzrange(j.started_at, j.finished_at)) FILTER (WHERE j.started_at < j.finished_at) AS runs
            FROM jobs j WHERE j.pipeline_id = pl.id AND NOT j.retried
        ) t
        LEFT JOIN LATERAL (
            SELECT * FROM users WHERE users.id = COALESCE(pl.user_id, (
                SELECT j.user_id FROM jobs j
                WHERE j.pipeline_id = pl.id AND j.user_id IS NOT NULL ORDER BY j.id LIMIT 1
            )) OFFSET 0
        ) u ON true
        WHERE pl.id = $1 AND pl.project_id = $2
        """
    )
}

extension PipelineRecord {
    /// Decodes the columns of ``PipelineCatalog``'s statement, in their order.
    fileprivate init(_ row: Row) throws(PostgresError) {
        var columns = RowCursor(row)
        summary = try JobRecord.Pipeline(columns: &columns)
        user = try JobRecord.User(columns: &columns)
        startedAt = try columns.optionalTimestamp()
        finishedAt = try columns.optionalTimestamp()
        duration = try columns.optionalInt64()
        queuedDuration = try columns.optionalInt64()
        coverage = try columns.optionalText()
    }
}
