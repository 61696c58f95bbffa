-- The logs of jobs while these run: pieces as runners send them. A sweeper makes one file of each when its job has ended.

CREATE TABLE trace_chunks (
    job_id bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    start_offset bigint NOT NULL CHECK (start_offset >= 0),
    data bytea NOT NULL CHECK (octet_length(data) BETWEEN 1 AND 65536),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, start_offset)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX trace_chunks_first ON trace_chunks (job_id) WHERE start_offset = 0;

COMMENT ON TABLE trace_chunks IS 'Logs that are still written, or wait to become an artifact of type trace: without gaps or overlaps from 0 on.';
COMMENT ON COLUMN trace_chunks.job_id IS 'Whose log; its row is locked by whoever appends.';
COMMENT ON COLUMN trace_chunks.start_offset IS 'Where the piece begins in the log, in bytes.';
COMMENT ON COLUMN trace_chunks.data IS 'The bytes, never changed; at most 64 KiB.';
COMMENT ON COLUMN trace_chunks.created_at IS 'When the piece came in.';
