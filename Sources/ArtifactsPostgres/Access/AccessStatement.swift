internal import Postgres

/// The statement that fetches what decides about a caller and a project, and the parts that other statements build on.
///
/// Binds: `$1` digest of an access token, `$2` digest of a job token, `$3` project id, `$4` project path in lower case.
/// Every table is reached by a unique key, so that the cost does not grow with the data.
enum AccessStatement {
    /// The types of the binds.
    static let types: [PostgresType] = [.bytea, .bytea, .int8, .text]

    static let statement = Statement("SELECT\n\(columns(.general))\n" + joins(.general))

    /// What ``AccessFacts`` is decoded from; goes first in a SELECT list.
    ///
    /// - Parameter shape: Which parts are needed.
    /// - Returns: The columns, the same in every shape.
    static func columns(_ shape: AccessShape) -> String {
        let moved = shape.naming == .any ? "$4 IS NOT NULL AND r.project_id IS NULL" : "false"
        return """
            \(accessTokenColumns(shape)),
            \(jobTokenColumns(shape)),
            \(userColumns(shape)),
                p.id, p.path, p.visibility, p.public_jobs, p.builds_access_level, p.archived,
                p.job_token_inbound_enabled,
                \(moved),
                \(role(shape))
            """
    }

    /// Ends in a row of its own for any request: token `t`, its job `tj`, user `u` and project `p`, each null if unknown.
    ///
    /// - Parameter shape: Which parts are needed.
    /// - Returns: The FROM clause; what it has no use for is named for its type.
    static func joins(_ shape: AccessShape) -> String {
        """
        FROM (SELECT $1::bytea, $2::bytea, $3::bigint, $4::text) AS request
        \(credentials(shape))\(shape.naming == .any ? routes : "")LEFT JOIN projects p ON p.id = \(project(shape))

        """
    }

    private static func accessTokenColumns(_ shape: AccessShape) -> String {
        guard shape.credentials != .none else {
            return "    NULL::bigint, NULL::boolean, NULL::boolean, NULL::boolean, NULL::boolean"
        }
        return "    t.id, t.revoked, t.expires_at <= now(), 'api' = ANY (t.scopes), 'read_api' = ANY (t.scopes)"
    }

    private static func jobTokenColumns(_ shape: AccessShape) -> String {
        guard shape.credentials == .any else {
            return """
                    NULL::bigint, NULL::boolean, NULL::bigint, NULL::text,
                    NULL::boolean, NULL::boolean, NULL::boolean
                """
        }
        return """
                tj.id, tj.status IN ('running', 'canceling') AND tj.erased_at IS NULL, tj.project_id, sp.path,
                sp.job_token_outbound_enabled,
                CASE WHEN tj.project_id <> p.id THEN \(inboundPermission) END,
                CASE WHEN tj.project_id <> p.id THEN EXISTS (\(outboundEntry)) END
            """
    }

    private static func userColumns(_ shape: AccessShape) -> String {
        guard shape.credentials != .none else {
            return "    NULL::bigint, NULL::text, NULL::boolean, NULL::boolean, NULL::boolean"
        }
        return "    u.id, u.state, u.admin, u.auditor, u.external"
    }

    private static func role(_ shape: AccessShape) -> String {
        guard shape.credentials != .none else { return "NULL::bigint" }
        return "CASE WHEN u.id IS NOT NULL THEN (\(EffectiveRole.sql(user: "u.id", project: "p"))) END"
    }

    private static func credentials(_ shape: AccessShape) -> String {
        switch shape.credentials {
        case .none: ""
        case .accessToken:
            """
            LEFT JOIN access_tokens t ON t.token_digest = $1
            LEFT JOIN users u ON u.id = t.user_id

            """
        case .any:
            """
            LEFT JOIN access_tokens t ON t.token_digest = $1
            LEFT JOIN jobs tj ON tj.token_digest = $2 AND t.id IS NULL
            LEFT JOIN projects sp ON sp.id = tj.project_id
            LEFT JOIN users u ON u.id = COALESCE(t.user_id, tj.user_id)

            """
        }
    }

    private static let routes = """
        LEFT JOIN routes r ON r.path_key = $4
        LEFT JOIN redirect_routes rr ON rr.path_key = $4

        """

    private static func project(_ shape: AccessShape) -> String {
        switch shape.naming {
        case .id: "$3"
        case .any: "COALESCE($3, r.project_id, rr.project_id)"
        case .job: "(SELECT wanted.project_id FROM jobs wanted WHERE wanted.id = $5)"
        }
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
