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
    /// Only pipelines that are locked now or are the latest of their ref, and the families of both, can change: the cost
    /// does not grow with the number of finished pipelines. The projects' rows are locked first, so that two events on
    /// one ref come one after the other.
    ///
    /// - Parameters:
    ///   - connection: A connection inside the event's transaction.
    ///   - refs: The refs whose pipelines the event touched.
    /// - Returns: How many pipelines were locked or unlocked.
    /// - Throws: `PostgresError` where the database refuses or is away.
    @discardableResult
    public static func recompute(_ connection: Connection, refs: [PipelineRef]) throws(PostgresError) -> Int {
        guard !refs.isEmpty else { return 0 }
        let projects = Set(refs.map(\.projectID)).sorted()
        _ = try connection.query(
            "SELECT id FROM projects WHERE id = ANY (\(projects)) ORDER BY id FOR NO KEY UPDATE"
        )
        let refList: SQL = """
            SELECT project_id, tag = 1 AS tag, ref
            FROM unnest(\(refs.map(\.projectID)), \(refs.map { Int64($0.isTag ? 1 : 0) }), \(refs.map(\.name)))
                AS given (project_id, tag, ref)
            """
        return try connection.query(update(refList)).affectedRows
    }

    private static func update(_ refs: SQL) -> SQL {
        """
        WITH RECURSIVE refs AS (\(refs)),
        start AS (
            SELECT p.id FROM refs r
            JOIN pipelines p ON p.project_id = r.project_id AND p.tag = r.tag AND p.ref = r.ref AND p.locked
            UNION
            SELECT p.id FROM refs r
            JOIN pipelines p ON p.project_id = r.project_id AND p.tag = r.tag AND p.ref = r.ref
                AND p.id >= COALESCE(\(newest("r", "finished")), 0)
            UNION
            SELECT \(newest("r", "status = 'success'")) FROM refs r
        ), family (id) AS (
            SELECT id FROM start WHERE id IS NOT NULL
            UNION
            SELECT next.id FROM family f CROSS JOIN LATERAL (
                SELECT c.id FROM pipelines c WHERE c.parent_id = f.id AND c.parent_project_id = c.project_id
                UNION ALL
                SELECT p.parent_id FROM pipelines p WHERE p.id = f.id AND p.parent_project_id = p.project_id
            ) next
        ), latest AS (
            SELECT p.id FROM family f JOIN pipelines p ON p.id = f.id
            WHERE p.id >= COALESCE(\(newest("p", "finished")), 0) OR p.id = \(newest("p", "status = 'success'"))
        ), below (id) AS (
            SELECT id FROM latest
            UNION
            SELECT c.id FROM below b JOIN pipelines c ON c.parent_id = b.id AND c.parent_project_id = c.project_id
        ), above (id) AS (
            SELECT id FROM latest
            UNION
            SELECT p.parent_id FROM above a JOIN pipelines p ON p.id = a.id AND p.parent_project_id = p.project_id
        ), decided AS (
            SELECT p.id, p.keep_latest AND NOT p.ref_deleted
                AND p.id IN (SELECT id FROM below UNION ALL SELECT id FROM above) AS locked
            FROM family f JOIN pipelines p ON p.id = f.id
        )
        UPDATE pipelines p SET locked = d.locked FROM decided d WHERE p.id = d.id AND p.locked <> d.locked
        """
    }

    /// The newest pipeline of a ref, among those that can be its latest, that fulfils a condition.
    private static func newest(_ alias: String, _ condition: String) -> SQL {
        SQL(
            unescaped: """
                (SELECT n.id FROM pipelines n
                 WHERE n.project_id = \(alias).project_id AND n.tag = \(alias).tag AND n.ref = \(alias).ref
                   AND n.\(condition) AND NOT n.dangling
                 ORDER BY n.id DESC LIMIT 1)
                """
        )
    }
}
