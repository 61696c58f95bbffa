internal import Artifacts
public import Postgres

/// The deletion of a branch or a tag: its pipelines protect nothing any more.
public enum RefDeletion {
    /// What became of a ref's pipelines.
    public struct Outcome: Sendable, Equatable {
        /// The project's full path as it is now.
        public let project: String
        /// How many pipelines the ref had when it was deleted.
        public let pipelines: Int
        /// How many pipelines were locked and are not any more, relatives on other refs among them.
        public let unlocked: Int
    }

    /// Notes that a ref was deleted, and computes locks anew, in one transaction.
    ///
    /// Pipelines that are made later lock as usual.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - path: The project's full path in any case, or a previous one that no other has now.
    ///   - isTag: Whether the ref is a tag.
    ///   - ref: The ref's name.
    /// - Returns: What changed, or `nil` where there is no such project.
    /// - Throws: `PostgresError` where the database refuses or is away; nothing has changed then.
    public static func record(
        _ pool: ConnectionPool,
        project path: String,
        isTag: Bool,
        ref: String
    ) throws(PostgresError) -> Outcome? {
        try pool.transaction { connection throws(PostgresError) -> Outcome? in
            guard let row = try connection.query(project, FullPath.key(of: path)).optionalRow() else { return nil }
            let id = try row.int64(0)
            let changed = try connection.query(mark, id, isTag, ref).onlyRow()
            let others = try PipelineLocks.recompute(
                connection,
                refs: [PipelineRef(projectID: id, isTag: isTag, name: ref)]
            )
            let own = Int(clamping: try changed.int64(1))
            return Outcome(
                project: try row.text(1),
                pipelines: Int(clamping: try changed.int64(0)),
                unlocked: own + others
            )
        }
    }

    /// A live path wins over a previous one.
    ///
    /// The lock is that of whoever changes locks, so that two come in turn.
    static let project = Statement(
        """
        SELECT p.id, p.path FROM projects p
        WHERE p.id = COALESCE((SELECT project_id FROM routes WHERE path_key = $1 AND project_id IS NOT NULL),
                              (SELECT project_id FROM redirect_routes WHERE path_key = $1))
        FOR NO KEY UPDATE
        """
    )

    static let mark = Statement(
        """
        WITH before AS MATERIALIZED (
            SELECT id, locked FROM pipelines WHERE project_id = $1 AND tag = $2 AND ref = $3 AND NOT ref_deleted
            FOR NO KEY UPDATE
        ), marked AS (
            UPDATE pipelines SET ref_deleted = true, locked = false WHERE id = ANY (ARRAY (SELECT id FROM before))
        )
        SELECT count(*), count(*) FILTER (WHERE locked) FROM before
        """
    )
}
