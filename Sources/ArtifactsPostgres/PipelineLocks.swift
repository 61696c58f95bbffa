public import Postgres

/// A ref as locks know it: of one project, and a branch or a tag.
public struct PipelineRef: Sendable, Hashable {
    /// The project.
    public let projectID: Int64
    /// Whether the ref is a tag.
    public let isTag: Bool
    /// The ref's name.
    public let name: String

    /// Names a ref.
    ///
    /// - Parameters:
    ///   - projectID: The project.
    ///   - isTag: Whether the ref is a tag.
    ///   - name: The ref's name.
    public init(projectID: Int64, isTag: Bool, name: String) {
        self.projectID = projectID
        self.isTag = isTag
        self.name = name
    }
}

/// Keeps the stored locks equal to their definition, which ``Artifacts/LockRule`` states plainly.
public enum PipelineLocks {
    /// Computes the locks of refs anew, inside the transaction of the event that may have changed them.
    ///
    /// Only pipelines that were or are the latest of their ref, those that the event changed, and the families of both
    /// can change: the cost does not grow with the number of finished pipelines. One that was the latest is locked, or
    /// stands in `lock_sources` where it locks its relatives only. The projects' rows are locked first, so that two
    /// events on one ref come one after the other.
    ///
    /// - Parameters:
    ///   - connection: A connection inside the event's transaction.
    ///   - refs: The refs whose pipelines the event touched; of a pipeline that changed its ref, both.
    ///   - pipelines: The pipelines whose parent the event set or changed, and their former parents; others are found by
    ///     their refs.
    /// - Returns: How many pipelines were locked or unlocked.
    /// - Throws: `PostgresError` where the database refuses or is away.
    @discardableResult
    public static func recompute(
        _ connection: Connection,
        refs: [PipelineRef],
        pipelines: [Int64] = []
    ) throws(PostgresError) -> Int {
        guard !refs.isEmpty else { return 0 }
        let projects = Set(refs.map(\.projectID)).sorted()
        _ = try connection.query(
            "SELECT id FROM projects WHERE id = ANY (\(projects)) ORDER BY id FOR NO KEY UPDATE"
        )
        return try connection.query(update(refs, pipelines)).affectedRows
    }

    /// The statement that computes the locks of refs anew.
    ///
    /// Every step from one pipeline to others is lateral and fenced by `OFFSET 0`, so that each is an index scan however
    /// many pipelines there are.
    static func update(_ refs: [PipelineRef], _ pipelines: [Int64] = []) -> SQL {
        """
        WITH RECURSIVE refs AS (
            SELECT project_id, tag = 1 AS tag, ref
            FROM unnest(\(refs.map(\.projectID)), \(refs.map { Int64($0.isTag ? 1 : 0) }), \(refs.map(\.name)))
                AS given (project_id, tag, ref)
        ), start AS (
            SELECT p.id FROM refs r CROSS JOIN LATERAL (\(ofRef("n.locked")) OFFSET 0) p
            UNION
            SELECT p.id FROM refs r
            CROSS JOIN LATERAL (\(ofRef("n.id >= ")) COALESCE((\(newest("r", "finished"))), 0) OFFSET 0) p
            UNION
            SELECT (\(newest("r", "status = 'success'"))) FROM refs r
            UNION
            SELECT s.pipeline_id FROM refs r CROSS JOIN LATERAL (
                SELECT l.pipeline_id FROM lock_sources l
                WHERE l.project_id = r.project_id AND l.tag = r.tag AND l.ref = r.ref OFFSET 0
            ) s
            UNION
            SELECT unnest(\(pipelines))
        ), family (id) AS (
            SELECT id FROM start WHERE id IS NOT NULL
            UNION
            SELECT next.id FROM family f CROSS JOIN LATERAL (
                SELECT id FROM \(unescaped: PipelineFamily.children(of: "f")) child
                UNION ALL
                SELECT id FROM \(unescaped: PipelineFamily.parent(of: "f")) parent
            ) next
        ), known AS (
            SELECT p.* FROM family f CROSS JOIN LATERAL (
                SELECT n.id, n.project_id, n.tag, n.ref, n.keep_latest AND NOT n.ref_deleted AS may_lock, n.locked
                FROM pipelines n WHERE n.id = f.id OFFSET 0
            ) p
        ), latest AS (
            SELECT p.id FROM known p
            WHERE p.id >= COALESCE((\(newest("p", "finished"))), 0) OR p.id = (\(newest("p", "status = 'success'")))
        ), below (id) AS (
            SELECT id FROM latest
            UNION
            SELECT c.id FROM below b CROSS JOIN LATERAL \(unescaped: PipelineFamily.children(of: "b")) c
        ), above (id) AS (
            SELECT id FROM latest
            UNION
            SELECT p.id FROM above a CROSS JOIN LATERAL \(unescaped: PipelineFamily.parent(of: "a")) p
        ), wrong AS (
            SELECT p.id, p.locked FROM known p
            WHERE p.locked <> (p.may_lock AND p.id IN (SELECT id FROM below UNION ALL SELECT id FROM above))
        ), sources AS (
            SELECT p.id, p.project_id, p.tag, p.ref FROM known p
            WHERE NOT p.may_lock AND p.id IN (SELECT id FROM latest)
              AND (EXISTS (SELECT FROM \(unescaped: PipelineFamily.children(of: "p")) child)
                   OR EXISTS (SELECT FROM \(unescaped: PipelineFamily.parent(of: "p")) parent))
        ), former AS (
            DELETE FROM lock_sources
            WHERE pipeline_id = ANY (ARRAY (SELECT id FROM known EXCEPT SELECT id FROM sources))
        ), added AS (
            INSERT INTO lock_sources (pipeline_id, project_id, tag, ref) SELECT id, project_id, tag, ref FROM sources
            ON CONFLICT (pipeline_id) DO UPDATE SET project_id = excluded.project_id, tag = excluded.tag,
                ref = excluded.ref
            WHERE (lock_sources.tag, lock_sources.ref) IS DISTINCT FROM (excluded.tag, excluded.ref)
        )
        UPDATE pipelines SET locked = id = ANY (ARRAY (SELECT id FROM wrong WHERE NOT locked))
        WHERE id = ANY (ARRAY (SELECT id FROM wrong))
        """
    }

    /// The pipelines of a ref that fulfil a condition, which may go on behind.
    private static func ofRef(_ condition: String) -> SQL {
        SQL(
            unescaped: """
                SELECT n.id FROM pipelines n
                WHERE n.project_id = r.project_id AND n.tag = r.tag AND n.ref = r.ref AND \(condition)
                """
        )
    }

    /// The newest pipeline of a ref, among those that can be its latest, that fulfils a condition.
    private static func newest(_ alias: String, _ condition: String) -> SQL {
        SQL(
            unescaped: """
                SELECT m.id FROM pipelines m
                WHERE m.project_id = \(alias).project_id AND m.tag = \(alias).tag AND m.ref = \(alias).ref
                  AND m.\(condition) AND NOT m.dangling
                ORDER BY m.id DESC LIMIT 1
                """
        )
    }
}
