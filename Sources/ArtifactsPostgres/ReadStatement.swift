internal import Artifacts
internal import Postgres

/// The statement that fetches everything that decides about one read, in one round trip.
///
/// Binds: `$1` digest of an access token, `$2` digest of a job token, `$3` project id, `$4` project path in lower case;
/// then what the target needs. Every table is reached by a unique key, so that the cost does not grow with the data.
enum ReadStatement {
    static let byJobID = Statement(columns + credentials + project + jobByID + archive)
    static let latest = Statement(columns + credentials + project + jobOfLatestPipeline + archive)
    static let recent = Statement(columns + credentials + project + jobOfRecentPipelines + archive)

    private static let columns = """
        SELECT
            t.id, t.revoked, t.expires_at <= now(), 'api' = ANY (t.scopes), 'read_api' = ANY (t.scopes),
            tj.id, tj.status IN ('running', 'canceling') AND tj.erased_at IS NULL, tj.project_id, sp.path,
            sp.job_token_outbound_enabled,
            CASE WHEN tj.project_id <> p.id THEN \(inboundPermission) END,
            CASE WHEN tj.project_id <> p.id THEN EXISTS (\(outboundEntry)) END,
            u.id, u.state, u.admin, u.auditor, u.external,
            p.id, p.path, p.visibility, p.public_jobs, p.builds_access_level, p.archived,
            p.job_token_inbound_enabled,
            $4 IS NOT NULL AND r.project_id IS NULL,
            CASE WHEN u.id IS NOT NULL THEN (\(EffectiveRole.sql(user: "u.id", project: "p"))) END,
            j.id,
            a.id, a.access, a.filename, a.expire_at IS NULL OR a.locked OR a.expire_at > now(), a.created_at,
            c.id, c.sha256, c.size

        """

    private static let credentials = """
        FROM (SELECT 1) AS request
        LEFT JOIN access_tokens t ON t.token_digest = $1
        LEFT JOIN jobs tj ON tj.token_digest = $2 AND t.id IS NULL
        LEFT JOIN projects sp ON sp.id = tj.project_id
        LEFT JOIN users u ON u.id = COALESCE(t.user_id, tj.user_id)

        """

    private static let project = """
        LEFT JOIN routes r ON r.path_key = $4
        LEFT JOIN redirect_routes rr ON rr.path_key = $4
        LEFT JOIN projects p ON p.id = COALESCE($3, r.project_id, rr.project_id)

        """

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

    private static let archive = """
        LEFT JOIN artifacts a ON a.job_id = j.id AND a.file_type = 'archive'
        LEFT JOIN contents c ON c.id = a.content_id
        """

    /// True where an entry lets the source read jobs, false where none of its entries does, null without an entry.
    private static let inboundPermission = """
        (SELECT bool_or(e.policies IS NULL OR 'read_jobs' = ANY (e.policies))
         FROM job_token_allowlist e
         WHERE e.project_id = p.id AND e.direction = 'inbound'
           AND (e.allowed_project_id = sp.id OR e.allowed_group_id = ANY (sp.ancestor_ids)))
        """

    private static let outboundEntry = """
        SELECT 1 FROM job_token_allowlist e
        WHERE e.project_id = sp.id AND e.direction = 'outbound' AND e.allowed_project_id = p.id
        """

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
