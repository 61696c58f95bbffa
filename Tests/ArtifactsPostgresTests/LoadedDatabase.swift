import Postgres

/// A database as large as plans need to be told apart: loaded once, only looked at.
struct LoadedDatabase: Sendable {
    let conninfo: String

    /// The database that all tests of the process share.
    static func shared() throws -> LoadedDatabase { try sharedResult.get() }

    private static let sharedResult = Result { try LoadedDatabase() }

    private init() throws {
        conninfo = try Database.make()
        try Connection(conninfo: conninfo).execute(Self.script)
    }

    /// Without triggers and foreign keys, which the rows keep to anyway.
    ///
    /// Project 1 has one ref with 10,000 pipelines of which the newest 1,000 failed; the others share 10,000 more, and 5,000 of
    /// refs and commits of their own.
    private static let script = """
        SET session_replication_role = replica;
        INSERT INTO users (id, username) SELECT i, 'user' || i FROM generate_series(1, 5000) i;
        INSERT INTO groups (id, parent_id, ancestor_ids)
        SELECT i, CASE WHEN i > 200 THEN 1 + i % 200 END,
               CASE WHEN i > 200 THEN ARRAY[i, 1 + i % 200] ELSE ARRAY[i] END
        FROM generate_series(1, 2000) i;
        INSERT INTO projects (id, group_id, ancestor_ids, path, name)
        SELECT i, g.id, g.ancestor_ids, 'Group' || g.id || '/Project' || i, 'p'
        FROM generate_series(1, 2000) i JOIN groups g ON g.id = 1 + i * 7 % 2000;
        INSERT INTO routes (path_key, path, project_id) SELECT lower(path), path, id FROM projects;
        INSERT INTO redirect_routes (path_key, path, project_id) SELECT 'old/' || id, 'old/' || id, id FROM projects;
        INSERT INTO members (user_id, group_id, role) SELECT u, 1 + (u * 13 + n * 401) % 2000, 10 + 10 * (n % 4)
        FROM generate_series(1, 5000) u, generate_series(1, 5) n;
        INSERT INTO members (user_id, project_id, role) SELECT u, 1 + (u * 17 + n * 397) % 2000, 10 + 10 * (n % 4)
        FROM generate_series(1, 5000) u, generate_series(1, 5) n;
        INSERT INTO invited_groups (invited_group_id, project_id, role) SELECT 1 + (p * 3 + n) % 2000, p, 30
        FROM generate_series(1, 2000) p, generate_series(1, 2) n;
        INSERT INTO invited_groups (invited_group_id, group_id, role) SELECT 1 + (g * 5 + 7) % 2000, g, 20
        FROM generate_series(1, 2000) g WHERE 1 + (g * 5 + 7) % 2000 <> g;
        INSERT INTO access_tokens (user_id, name, token_digest, scopes)
        SELECT 1 + i % 5000, 'token' || i, sha256(('token' || i)::bytea), '{api}' FROM generate_series(1, 10000) i;
        INSERT INTO job_token_allowlist (project_id, direction, allowed_project_id)
        SELECT p, d, 1 + (p + n * 11) % 2000
        FROM generate_series(1, 2000) p, generate_series(1, 3) n, unnest(ARRAY['inbound', 'outbound']) d;
        INSERT INTO job_token_allowlist (project_id, direction, allowed_group_id)
        SELECT p, 'inbound', 1 + (p + n * 11) % 2000 FROM generate_series(1, 2000) p, generate_series(1, 2) n;
        INSERT INTO pipelines (id, project_id, iid, ref, sha, status, locked)
        SELECT i, 1, i, 'main', 'abcdef0', CASE WHEN i > 9000 THEN 'failed' ELSE 'success' END, i IN (8000, 10000)
        FROM generate_series(1, 10000) i;
        INSERT INTO pipelines (id, project_id, iid, ref, sha, source, parent_id, parent_project_id, status, locked)
        SELECT i, p.id, i, 'main', 'abcdef0', CASE WHEN parent IS NULL THEN 'push' ELSE 'parent_pipeline' END,
               parent, CASE WHEN parent IS NOT NULL THEN p.id END, 'success', i > 18002
        FROM generate_series(10001, 20000) i, LATERAL (SELECT 2 + i % 1999 AS id) p,
             LATERAL (SELECT CASE WHEN i > 14000 AND i % 3 = 0 THEN i - 1999 END AS parent) parent;
        INSERT INTO pipelines (id, project_id, iid, ref, sha, status)
        SELECT i, 2 + i % 1999, i, 'feat/' || i, md5(i::text), 'success' FROM generate_series(20001, 25000) i;
        INSERT INTO jobs (id, project_id, pipeline_id, name, status, token_digest)
        SELECT i, p.project_id, p.id, 'job' || i % 10, CASE WHEN i % 20 = 0 THEN 'running' ELSE 'success' END,
               CASE WHEN i % 20 = 0 THEN sha256(('job' || i)::bytea) END
        FROM generate_series(1, 200000) i JOIN pipelines p ON p.id = 1 + (i - 1) / 10;
        UPDATE pipelines SET manifest_key = 'p' || id WHERE id % 10 = 7;
        UPDATE jobs SET manifest_key = 'j' || id WHERE id % 10 = 1;
        INSERT INTO contents (sha256, size, indexed)
        SELECT sha256(('content' || i)::bytea), 1000, true FROM generate_series(1, 20000) i;
        INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id, locked)
        SELECT j.project_id, j.pipeline_id, j.id, 'archive', 'zip', 'artifacts.zip', 1000, 1 + j.id % 20000, p.locked
        FROM jobs j JOIN pipelines p ON p.id = j.pipeline_id;
        UPDATE artifacts SET expire_at = now() + (id % 1000 - 50) * interval '1 hour' WHERE id % 4 = 0;
        INSERT INTO content_releases (content_id, noticed_at)
        SELECT 1 + i % 20000, CASE WHEN i % 10 > 0 THEN now() - i * interval '1 second' END FROM generate_series(1, 50000) i;
        INSERT INTO contents (sha256, size, indexed, removing_at)
        SELECT sha256(('condemned' || i)::bytea), 1000, true, now() - i * interval '1 second' FROM generate_series(1, 5000) i;
        INSERT INTO lock_sources (pipeline_id, project_id, tag, ref)
        SELECT id, project_id, tag, ref FROM pipelines WHERE parent_id IS NOT NULL;
        INSERT INTO project_statistics (project_id, job_artifacts_size, job_artifacts_count)
        SELECT project_id, sum(size), count(*) FROM artifacts GROUP BY project_id;
        INSERT INTO audit_events (created_at, id, action, user_id, project_id, project_path, job_id, sha256, delivery,
                                  status, request_id)
        SELECT timestamptz '2020-01-01' + i * interval '1 minute', i, 'download', 1 + i % 5000, 1 + i % 2000, 'p',
               1 + i % 10000, sha256(('content' || i % 2000)::bytea), 'accel', 200, 'r'
        FROM generate_series(1, 50000) i;
        INSERT INTO gone_artifacts (job_id, file_type, expired, sha256)
        SELECT i, t.name, i % 3 <> 0, sha256(('content' || i)::bytea) FROM generate_series(1, 200000) i, unnest(ARRAY['archive', 'junit']) t (name);
        INSERT INTO protected_refs (project_id, name, push_access_level)
        SELECT p, 'release/' || n, 'maintainer' FROM generate_series(1, 2000) p, generate_series(1, 3) n;
        INSERT INTO artifact_deletions (project_id, last_artifact_id, done_through_id, finished_at)
        SELECT 1 + i % 2000, i, i, CASE WHEN i % 500 <> 0 THEN now() END FROM generate_series(1, 20000) i;
        INSERT INTO trace_chunks (job_id, start_offset, data)
        SELECT j.id, n * 20, 'twenty bytes of log.' FROM jobs j, generate_series(0, 4) n
        WHERE j.status = 'running' OR j.id % 1000 = 1;
        INSERT INTO trace_chunks (job_id, start_offset, data) SELECT 200000, n * 20, 'twenty bytes of log.' FROM generate_series(5, 9999) n;
        INSERT INTO artifact_size_limits SELECT p.id, t.name, 1000 FROM projects p CROSS JOIN artifact_types t;
        INSERT INTO artifact_size_limits SELECT NULL, name, 1000 FROM artifact_types;
        SELECT setval(pg_get_serial_sequence('pipelines', 'id'), 1000000), setval(pg_get_serial_sequence('jobs', 'id'), 1000000);
        SET session_replication_role = origin;
        ANALYZE;
        """
}
