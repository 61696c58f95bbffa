internal import Postgres

/// The statement that fetches what decides about a caller and a project, and the parts that other statements build on.
///
/// Binds: `$1` digest of an access token, `$2` digest of a job token, `$3` project id, `$4` project path in lower case.
/// Every table is reached by a unique key, so that the cost does not grow with the data.
enum AccessStatement {
    static let statement = Statement("SELECT\n\(columns)\n" + joins)

    /// What ``AccessFacts`` is decoded from; goes first in a SELECT list.
    static let columns = """
            t.id, t.revoked, t.expires_at <= now(), 'api' = ANY (t.scopes), 'read_api' = ANY (t.scopes),
            tj.id, tj.status IN ('running', 'canceling') AND tj.erased_at IS NULL, tj.project_id, sp.path,
            sp.job_token_outbound_enabled,
            CASE WHEN tj.project_id <> p.id THEN \(inboundPermission) END,
            CASE WHEN tj.project_id <> p.id THEN EXISTS (\(outboundEntry)) END,
            u.id, u.state, u.admin, u.auditor, u.external,
            p.id, p.path, p.visibility, p.public_jobs, p.builds_access_level, p.archived,
            p.job_token_inbound_enabled,
            $4 IS NOT NULL AND r.project_id IS NULL,
            CASE WHEN u.id IS NOT NULL THEN (\(EffectiveRole.sql(user: "u.id", project: "p"))) END
        """

    /// Ends in a row of its own for any request: token `t`, its job `tj`, user `u` and project `p`, each null if unknown.
    static let joins = joins(project: "COALESCE($3, r.project_id, rr.project_id)")

    /// The same for a project that is found another way than by `$3` and `$4`.
    ///
    /// - Parameter project: An expression for the project's number.
    /// - Returns: The FROM clause.
    static func joins(project: String) -> String {
        """
        FROM (SELECT 1) AS request
        LEFT JOIN access_tokens t ON t.token_digest = $1
        LEFT JOIN jobs tj ON tj.token_digest = $2 AND t.id IS NULL
        LEFT JOIN projects sp ON sp.id = tj.project_id
        LEFT JOIN users u ON u.id = COALESCE(t.user_id, tj.user_id)
        LEFT JOIN routes r ON r.path_key = $4
        LEFT JOIN redirect_routes rr ON rr.path_key = $4
        LEFT JOIN projects p ON p.id = \(project)

        """
    }

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
}
