internal import Artifacts
internal import Postgres

/// The statement that fetches everything that decides about one read, in one round trip.
///
/// Binds: those of ``AccessStatement``, then what the target needs, then the file type. Every table is reached by a unique
/// key, so that the cost does not grow with the data.
enum ReadStatement {
    static let byJobID = AccessShape.Statements([.int8, .text]) { shape in
        columns(shape) + AccessStatement.joins(shape) + jobByID + artifact(type: "$6")
    }
    static let latest = AccessShape.Statements([.text, .text, .text]) { shape in
        columns(shape) + AccessStatement.joins(shape) + jobOfLatestPipeline + artifact(type: "$7")
    }
    static let recent = AccessShape.Statements([.text, .text, .text]) { shape in
        columns(shape) + AccessStatement.joins(shape) + jobOfRecentPipelines + artifact(type: "$7")
    }

    private static func columns(_ shape: AccessShape) -> String {
        """
        SELECT
        \(AccessStatement.columns(shape)),
            j.id,
            a.id, a.access, a.filename, a.expire_at IS NULL OR a.locked OR a.expire_at > now(), a.created_at,
            c.id, c.sha256, c.size

        """
    }

    private static let jobByID = """
        LEFT JOIN jobs j ON j.id = $5 AND j.project_id = p.id

        """

    private static let jobOfLatestPipeline = """
        LEFT JOIN LATERAL (\(latestPipelines(limit: 1))) latest ON true
        LEFT JOIN LATERAL (\(jobInFamily)) j ON latest.id IS NOT NULL

        """

    private static let jobOfRecentPipelines = """
        LEFT JOIN LATERAL (
            SELECT found.id FROM (\(latestPipelines(limit: 100))) latest
            CROSS JOIN LATERAL (\(jobInFamily)) found
            ORDER BY latest.id DESC LIMIT 1
        ) j ON true

        """

    private static func artifact(type: String) -> String {
        """
        LEFT JOIN artifacts a ON a.job_id = j.id AND a.file_type = \(type)
        LEFT JOIN contents c ON c.id = a.content_id
        """
    }

    private static func latestPipelines(limit: Int) -> String {
        """
        SELECT pl.id FROM pipelines pl
        WHERE pl.project_id = p.id AND pl.ref = $5 AND pl.status = 'success' AND NOT pl.dangling
        ORDER BY pl.id DESC LIMIT \(limit)
        """
    }

    /// Parent before child, older child before younger, and of several jobs in one pipeline the newest.
    private static let jobInFamily = """
        WITH RECURSIVE family (id) AS (
            SELECT latest.id
            UNION
            SELECT child.id FROM family f CROSS JOIN LATERAL \(PipelineFamily.children(of: "f")) child
        )
        SELECT named.id FROM family f
        CROSS JOIN LATERAL (
            SELECT n.id FROM jobs n
            WHERE n.pipeline_id = f.id AND n.name = $6 AND NOT n.retried AND EXISTS (
                SELECT 1 FROM artifacts x
                WHERE x.job_id = n.id AND x.file_type NOT IN (\(FileTypeList.notDownloadable))
                  AND (x.expire_at IS NULL OR x.locked OR x.expire_at > now())
            )
            ORDER BY n.id DESC LIMIT 1
        ) named
        ORDER BY f.id LIMIT 1
        """
}
