-- What uploads may take: limits of size and quotas. An instance's own are settings (MAX_ARTIFACT_SIZE, PROJECT_QUOTA).

ALTER TABLE projects
    ADD COLUMN max_artifact_size bigint CHECK (max_artifact_size >= 0),
    ADD COLUMN artifacts_quota bigint CHECK (artifacts_quota >= 0);

COMMENT ON COLUMN projects.max_artifact_size IS 'The largest artifact in bytes; 0: no limit; null: the instance''s setting.';
COMMENT ON COLUMN projects.artifacts_quota IS 'Bytes of all its artifacts; 0: no limit; null: the instance''s setting.';

CREATE TABLE artifact_size_limits (
    project_id bigint REFERENCES projects (id) ON DELETE CASCADE,
    file_type text NOT NULL REFERENCES artifact_types (name),
    max_size bigint NOT NULL CHECK (max_size >= 0)
);
CREATE UNIQUE INDEX artifact_size_limits_instance ON artifact_size_limits (file_type) WHERE project_id IS NULL;
CREATE UNIQUE INDEX artifact_size_limits_project ON artifact_size_limits (project_id, file_type) WHERE project_id IS NOT NULL;

COMMENT ON TABLE artifact_size_limits IS 'Limits for types of artifacts, within the limit of their project or instance.';
COMMENT ON COLUMN artifact_size_limits.project_id IS 'Whose artifacts; null: of every project that has no limit of its own for the type.';
COMMENT ON COLUMN artifact_size_limits.file_type IS 'Which type.';
COMMENT ON COLUMN artifact_size_limits.max_size IS 'The largest artifact of the type in bytes; 0: no limit but the project''s.';
