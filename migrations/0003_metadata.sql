-- no-transaction
-- What lists of pipelines and jobs are read by; see ArtifactsPostgres/Metadata. Each build follows the removal of what a
-- build that failed has left.
DROP INDEX CONCURRENTLY IF EXISTS jobs_listing;
-- no-transaction
CREATE INDEX CONCURRENTLY jobs_listing ON jobs (project_id, retried, status, id DESC);
-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS pipelines_listing;
-- no-transaction
CREATE INDEX CONCURRENTLY pipelines_listing ON pipelines (project_id, status, id DESC)
    WHERE source <> 'parent_pipeline' AND parent_project_id IS DISTINCT FROM project_id;
-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS pipelines_sha;
-- no-transaction
CREATE INDEX CONCURRENTLY pipelines_sha ON pipelines (project_id, sha, id DESC);
