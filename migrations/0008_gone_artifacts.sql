-- What is remembered of artifact rows that have gone: why there is nothing to read, and that a manifest which is applied
-- again does not make them anew.

CREATE TABLE gone_artifacts (
    job_id bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    file_type text NOT NULL,
    expired boolean NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    PRIMARY KEY (job_id, file_type)
);

COMMENT ON TABLE gone_artifacts IS 'Types of artifacts that a job had: written by the statement that deletes the row. Of no meaning while the job has a row of that type.';
COMMENT ON COLUMN gone_artifacts.job_id IS 'Whose artifact it was.';
COMMENT ON COLUMN gone_artifacts.file_type IS 'Its type; no key, as it was the type of a row.';
COMMENT ON COLUMN gone_artifacts.expired IS 'Whether it has expired, by itself or with all of its project; false: deleted or erased.';
COMMENT ON COLUMN gone_artifacts.sha256 IS 'Of its content, by which a manifest knows it again.';
