SELECT lookup.*, element.number
FROM unnest($1, $2, $3, $4, $5, $6)
    WITH ORDINALITY AS element (bind1, bind2, bind3, bind4, bind5, bind6, number)
CROSS JOIN LATERAL (
SELECT
    t.id, t.revoked, t.expires_at <= now(), 'api' = ANY (t.scopes), 'read_api' = ANY (t.scopes),
    NULL::bigint, NULL::boolean, NULL::bigint, NULL::text,
    NULL::boolean, NULL::boolean, NULL::boolean,
    u.id, u.state, u.admin, u.auditor, u.external,
    p.id, p.path, p.visibility, p.public_jobs, p.builds_access_level, p.archived,
    p.job_token_inbound_enabled,
    false,
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
FROM (SELECT element.bind1::bytea, element.bind2::bytea, element.bind3::bigint, element.bind4::text) AS request
LEFT JOIN access_tokens t ON t.token_digest = element.bind1
LEFT JOIN users u ON u.id = t.user_id
LEFT JOIN projects p ON p.id = element.bind3
LEFT JOIN jobs j ON j.id = element.bind5 AND j.project_id = p.id
LEFT JOIN artifacts a ON a.job_id = j.id AND a.file_type = element.bind6
LEFT JOIN contents c ON c.id = a.content_id
OFFSET 0) AS lookup
