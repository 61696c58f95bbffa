internal import Postgres

/// The statement that fetches everything that decides about changing a job's artifacts, in one round trip.
///
/// Binds: those of ``AccessStatement``, then `$5` the job's number.
enum ChangeStatement {
    static let statement = Statement(
        """
        SELECT
        \(AccessStatement.columns(.general)),
            j.id, j.user_id, pl.ref,
            CASE WHEN a.expire_at IS NULL OR a.locked OR a.expire_at > now() THEN a.access END, c.sha256,
            COALESCE(protected.names, '{}'), COALESCE(protected.levels, '{}')
        \(AccessStatement.joins(.general))
        LEFT JOIN jobs j ON j.id = $5 AND j.project_id = p.id
        LEFT JOIN pipelines pl ON pl.id = j.pipeline_id
        LEFT JOIN artifacts a ON a.job_id = j.id AND a.file_type = 'archive'
        LEFT JOIN contents c ON c.id = a.content_id
        LEFT JOIN LATERAL (
            SELECT array_agg(rule.name) AS names, array_agg(rule.push_access_level) AS levels
            FROM protected_refs rule WHERE rule.project_id = j.project_id
        ) protected ON true
        """
    )
}
