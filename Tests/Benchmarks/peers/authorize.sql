SELECT
    t.id, t.revoked, t.expires_at <= now(), 'api' = ANY (t.scopes), 'read_api' = ANY (t.scopes),
    tj.id, tj.status IN ('running', 'canceling') AND tj.erased_at IS NULL, tj.project_id, sp.path,
    sp.job_token_outbound_enabled,
    CASE WHEN tj.project_id <> p.id THEN (SELECT bool_or(e.policies IS NULL OR 'read_jobs' = ANY (e.policies))
 FROM job_token_allowlist e
 WHERE e.project_id = p.id AND e.direction = 'inbound'
   AND (e.allowed_project_id = sp.id OR e.allowed_group_id = ANY (sp.ancestor_ids))) END,
    CASE WHEN tj.project_id <> p.id THEN EXISTS (SELECT 1 FROM job_token_allowlist e
WHERE e.project_id = sp.id AND e.direction = 'outbound' AND e.allowed_project_id = p.id) END,
    u.id, u.state, u.admin, u.auditor, u.external,
    p.id, p.path, p.visibility, p.public_jobs, p.builds_access_level, p.archived,
    p.job_token_inbound_enabled,
    $4 IS NOT NULL AND r.project_id IS NULL,
    CASE WHEN u.id IS NOT NULL THEN (SELECT max(role) FROM (
    SELECT m.role FROM members m
    WHERE m.user_id = u.id AND m.project_id = p.id AND (m.expires_at IS NULL OR m.expires_at > now())
    UNION ALL
    SELECT m.role FROM members m
    WHERE m.user_id = u.id AND m.group_id = ANY (p.ancestor_ids) AND (m.expires_at IS NULL OR m.expires_at > now())
    UNION ALL
    SELECT LEAST(i.role, m.role) FROM (
        SELECT e.invited_group_id, e.role FROM invited_groups e
        WHERE e.project_id = p.id AND (e.expires_at IS NULL OR e.expires_at > now())
        UNION ALL
        SELECT e.invited_group_id, e.role FROM invited_groups e
        WHERE e.group_id = ANY (p.ancestor_ids) AND (e.expires_at IS NULL OR e.expires_at > now())
    ) i
    CROSS JOIN LATERAL (SELECT ancestor_ids FROM groups WHERE id = i.invited_group_id OFFSET 0) g
    CROSS JOIN LATERAL (
        SELECT k.role FROM members k
        WHERE k.user_id = u.id AND k.group_id = ANY (g.ancestor_ids) AND (k.expires_at IS NULL OR k.expires_at > now()) OFFSET 0
    ) m
) AS roles) END,
    j.id,
    a.id, a.access, a.filename, a.expire_at IS NULL OR a.locked OR a.expire_at > now(), a.created_at,
    c.id, c.sha256, c.size
FROM (SELECT 1) AS request
LEFT JOIN access_tokens t ON t.token_digest = $1
LEFT JOIN jobs tj ON tj.token_digest = $2 AND t.id IS NULL
LEFT JOIN projects sp ON sp.id = tj.project_id
LEFT JOIN users u ON u.id = COALESCE(t.user_id, tj.user_id)
LEFT JOIN routes r ON r.path_key = $4
LEFT JOIN redirect_routes rr ON rr.path_key = $4
LEFT JOIN projects p ON p.id = COALESCE($3, r.project_id, rr.project_id)
LEFT JOIN jobs j ON j.id = $5 AND j.project_id = p.id
LEFT JOIN artifacts a ON a.job_id = j.id AND a.file_type = $6
LEFT JOIN contents c ON c.id = a.content_id
