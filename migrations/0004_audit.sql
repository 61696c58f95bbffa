-- The audit trail: who was allowed to download, keep, delete or erase what.

CREATE TABLE audit_events (
    created_at timestamptz NOT NULL,
    id bigint NOT NULL CHECK (id > 0),
    action text NOT NULL CHECK (action IN ('download', 'keep', 'delete', 'erase')),
    user_id bigint,
    username text,
    token_id bigint,
    token_job_id bigint,
    project_id bigint NOT NULL,
    project_path text NOT NULL,
    job_id bigint,
    file_type text,
    paths text[] NOT NULL DEFAULT '{}',
    sha256 bytea CHECK (octet_length(sha256) = 32),
    delivery text CHECK (delivery IN ('accel', 'redirect', 'worker')),
    status smallint NOT NULL,
    address inet,
    request_id text NOT NULL,
    PRIMARY KEY (created_at, id),
    CHECK (token_id IS NULL OR token_job_id IS NULL),
    CHECK ((action = 'download') = (delivery IS NOT NULL))
);
CREATE INDEX audit_events_project ON audit_events (project_id, created_at, id);
CREATE INDEX audit_events_job ON audit_events (job_id, created_at, id);
CREATE INDEX audit_events_user ON audit_events (user_id, created_at, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_events_sha256 ON audit_events (sha256, created_at, id) WHERE sha256 IS NOT NULL;

COMMENT ON TABLE audit_events IS
    'One row for each download, keep, delete and erase that was allowed. Append-only: rows are added, and removed once the retention is over; they refer to other tables by number only, so that they outlive what they tell of.';
COMMENT ON COLUMN audit_events.created_at IS 'When it was allowed, by the clock of the server that answered.';
COMMENT ON COLUMN audit_events.id IS 'Tells rows of one moment apart, and a batch that is written again from a new one.';
COMMENT ON COLUMN audit_events.action IS 'download, keep, delete or erase.';
COMMENT ON COLUMN audit_events.user_id IS 'Who, or null: an anonymous caller, or the token of a job without a user.';
COMMENT ON COLUMN audit_events.username IS 'The user''s name when the row was written.';
COMMENT ON COLUMN audit_events.token_id IS 'The access token, or null.';
COMMENT ON COLUMN audit_events.token_job_id IS 'The job whose token it was, or null.';
COMMENT ON COLUMN audit_events.project_id IS 'The project whose artifacts it concerned.';
COMMENT ON COLUMN audit_events.project_path IS 'The project''s full path at that moment.';
COMMENT ON COLUMN audit_events.job_id IS 'The job whose artifacts it concerned; null: those of all jobs of the project.';
COMMENT ON COLUMN audit_events.file_type IS 'The type of the downloaded artifact; null: all that the action concerns.';
COMMENT ON COLUMN audit_events.paths IS 'The file, or what was selected, in the archive; empty: the whole artifact.';
COMMENT ON COLUMN audit_events.sha256 IS 'Of the stored artifact, also where a part of it was downloaded.';
COMMENT ON COLUMN audit_events.delivery IS 'Who sends the bytes of a download: accel, redirect, worker; null for the other actions.';
COMMENT ON COLUMN audit_events.status IS 'The status that artifactd answered; of what the web server sends (accel), a range is 200 here.';
COMMENT ON COLUMN audit_events.address IS 'The client''s, or null where the web server gave none.';
COMMENT ON COLUMN audit_events.request_id IS 'As in X-Request-Id and in the logs.';

CREATE FUNCTION audit_events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
COMMENT ON FUNCTION audit_events_refuse_change() IS 'Rows of the audit trail are never changed; retention deletes them.';
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse_change();
