-- no-transaction
-- The audit trail tells of uploads and of what is published over the API too. The constraint takes the place of the one that
-- knew four actions; all older rows fulfil it.
ALTER TABLE audit_events
    DROP CONSTRAINT IF EXISTS audit_events_action_check,
    DROP CONSTRAINT IF EXISTS audit_events_known_action,
    ADD CONSTRAINT audit_events_known_action CHECK (action IN
        ('download', 'keep', 'delete', 'erase', 'upload', 'create_pipeline', 'end_pipeline', 'create_job', 'end_job'))
        NOT VALID,
    ADD COLUMN IF NOT EXISTS pipeline_id bigint,
    ADD COLUMN IF NOT EXISTS size bigint;
-- no-transaction
ALTER TABLE audit_events VALIDATE CONSTRAINT audit_events_known_action;
-- no-transaction
COMMENT ON TABLE audit_events IS
    'One row for each download, upload, keep, delete and erase that was allowed, and for each pipeline and job that was made or ended over the API. Append-only: rows are added, and removed once the retention is over; they refer to other tables by number only, so that they outlive what they tell of.';
-- no-transaction
COMMENT ON COLUMN audit_events.action IS
    'download, upload, keep, delete, erase, create_pipeline, end_pipeline, create_job or end_job.';
-- no-transaction
COMMENT ON COLUMN audit_events.job_id IS
    'The job that it concerned; null: artifacts of all jobs of the project, or a pipeline.';
-- no-transaction
COMMENT ON COLUMN audit_events.file_type IS
    'The type of the artifact that was downloaded or uploaded; null: all that the action concerns.';
-- no-transaction
COMMENT ON COLUMN audit_events.pipeline_id IS
    'The pipeline that was made or ended, or in which a job was made, ended or uploaded to; null for the other actions.';
-- no-transaction
COMMENT ON COLUMN audit_events.size IS 'Bytes of an artifact that was uploaded; null for the other actions.';
