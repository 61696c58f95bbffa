public import Postgres

/// Looks up what the API shows of jobs.
public struct JobCatalog: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Fetches jobs with all that is shown of them, in one round trip.
    ///
    /// - Parameter ids: The jobs' numbers.
    /// - Returns: The jobs in that order; what does not exist is left out.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func jobs(ids: [Int64]) throws(PostgresError) -> [JobRecord] {
        guard !ids.isEmpty else { return [] }
        return try Self.records(pool.query(Self.statement, [.int8Array(ids)], idempotent: true))
    }

    /// The same, as an open transaction sees it.
    static func jobs(ids: [Int64], _ connection: Connection) throws(PostgresError) -> [JobRecord] {
        try records(connection.query(statement, [.int8Array(ids)]))
    }

    private static func records(_ rows: Rows) throws(PostgresError) -> [JobRecord] {
        var records: [JobRecord] = []
        records.reserveCapacity(rows.count)
        for row in rows { records.append(try JobRecord(row)) }
        return records
    }

    /// Binds: `$1` the jobs' numbers.
    ///
    /// Each job leads to its relatives by lateral steps fenced by `OFFSET 0`, so that each is an index scan: a generic
    /// plan would rather read whole tables for a list whose length it does not know. Durations are counted by the clock
    /// that set the times.
    static let statement = Statement(
        """
        SELECT
            j.id, j.status, j.stage, j.name, j.coverage, j.allow_failure, j.created_at, j.started_at, j.finished_at,
            j.erased_at,
            \(duration),
            \(queuedDuration),
            j.failure_reason, j.artifacts_expire_at, j.tags,
            u.id, u.username, u.name, u.state, u.kind <> 'human', u.created_at,
            pl.id, pl.iid, pl.ref, pl.tag, pl.sha, pl.source, pl.status, pl.created_at, pl.updated_at,
            p.id, p.path, p.job_token_outbound_enabled,
            COALESCE(a.types, '{}'), COALESCE(a.sizes, '{}'), COALESCE(a.names, '{}')
        FROM unnest($1) WITH ORDINALITY AS wanted (id, place)
        CROSS JOIN LATERAL (SELECT * FROM jobs WHERE jobs.id = wanted.id OFFSET 0) j
        CROSS JOIN LATERAL (SELECT * FROM pipelines WHERE pipelines.id = j.pipeline_id OFFSET 0) pl
        CROSS JOIN LATERAL (SELECT * FROM projects WHERE projects.id = j.project_id OFFSET 0) p
        LEFT JOIN LATERAL (SELECT * FROM users WHERE users.id = j.user_id OFFSET 0) u ON true
        CROSS JOIN LATERAL (
            SELECT array_agg(x.file_type ORDER BY x.id) AS types, array_agg(x.size ORDER BY x.id) AS sizes,
                   array_agg(x.filename ORDER BY x.id) AS names
            FROM artifacts x
            WHERE x.job_id = j.id AND (x.expire_at IS NULL OR x.locked OR x.expire_at > now())
        ) a
        ORDER BY wanted.place
        """
    )

    /// GREATEST passes over nulls, so that it must not decide about them.
    private static let duration = """
        CASE WHEN j.started_at IS NOT NULL
             THEN GREATEST(EXTRACT(EPOCH FROM COALESCE(j.finished_at, now()) - j.started_at), 0)::float8 END
        """

    /// From its creation until a runner took it; what has not been started counts only while it waits for one.
    private static let queuedDuration = """
        CASE WHEN j.started_at IS NOT NULL OR j.status = 'pending'
             THEN GREATEST(EXTRACT(EPOCH FROM COALESCE(j.started_at, now()) - j.created_at), 0)::float8 END
        """
}
