public import Postgres

/// Computes the locks of all refs anew that have any, whatever happened to them.
///
/// Every event leaves locks equal to their definition. This is for what no event of this program explains: a row that was
/// changed by hand, or a database that was used by a release which computed less.
public enum LockRepair {
    /// Walks over the refs, some at a time, each time in a transaction of its own.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - shouldStop: Asked between two transactions.
    /// - Returns: How many pipelines had to be locked or unlocked.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public static func run(_ pool: ConnectionPool, shouldStop: () -> Bool = { false }) throws(PostgresError) -> Int {
        var changed = 0
        var last = PipelineRef(projectID: 0, isTag: false, name: "")
        while !shouldStop() {
            let rows = try pool.query(refs, last.projectID, last.isTag, last.name)
            let refs = try rows.map { row throws(PostgresError) in
                PipelineRef(projectID: try row.int64(0), isTag: try row.bool(1), name: try row.text(2))
            }
            guard let end = refs.last else { break }
            last = end
            changed += try pool.transaction { connection throws(PostgresError) in
                try PipelineLocks.recompute(connection, refs: refs)
            }
        }
        return changed
    }

    /// The next refs that have a locked pipeline, by skipping from each to the next along the index.
    static let refs = Statement(
        """
        WITH RECURSIVE refs (project_id, tag, ref, number) AS (
            (SELECT project_id, tag, ref, 1 FROM pipelines
             WHERE locked AND (project_id, tag, ref) > ($1, $2, $3) ORDER BY project_id, tag, ref LIMIT 1)
            UNION ALL
            SELECT next.project_id, next.tag, next.ref, r.number + 1 FROM refs r CROSS JOIN LATERAL (
                SELECT project_id, tag, ref FROM pipelines
                WHERE locked AND (project_id, tag, ref) > (r.project_id, r.tag, r.ref)
                ORDER BY project_id, tag, ref LIMIT 1
            ) next
            WHERE r.number < 50
        )
        SELECT project_id, tag, ref FROM refs ORDER BY number
        """
    )
}
