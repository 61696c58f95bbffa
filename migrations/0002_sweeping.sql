-- What sweeping needs beside the rows: a queue of contents that may have become unused, and the pipelines that lock
-- others without being locked themselves.

---------------------------------------------------------------------------------------------------
-- Contents that lost a row

CREATE TABLE content_releases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content_id bigint NOT NULL,
    released_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 50);
CREATE INDEX content_releases_due ON content_releases (released_at, id);
CREATE INDEX content_releases_content ON content_releases (content_id, released_at);

COMMENT ON TABLE content_releases IS 'A queue: contents that a row was taken from, in the transaction that took it.';
COMMENT ON COLUMN content_releases.id IS 'Identifies the entry.';
COMMENT ON COLUMN content_releases.content_id IS 'The content; no key, so that whoever deletes rows waits for no intake.';
COMMENT ON COLUMN content_releases.released_at IS 'Readers of that row may be under way for a while from then on.';

COMMENT ON COLUMN contents.orphaned_at IS 'Not used since content_releases took its place; an intake sets it to null.';
COMMENT ON COLUMN contents.removing_at IS 'No new row may use it from then on; when unlinking the file was begun last.';

INSERT INTO content_releases (content_id)
SELECT id FROM contents WHERE orphaned_at IS NOT NULL AND removing_at IS NULL;

-- Deleting rows touches no row of contents: an intake holds those for as long as its transaction takes, and two that
-- delete the last two rows of a content cannot both overlook the other, as the queue is looked at when they are done.
CREATE OR REPLACE FUNCTION artifacts_count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO content_releases (content_id) SELECT DISTINCT d.content_id FROM deleted d;
    PERFORM 1 FROM project_statistics s
    WHERE s.project_id IN (SELECT project_id FROM deleted) ORDER BY s.project_id FOR NO KEY UPDATE;
    UPDATE project_statistics s
    SET job_artifacts_size = s.job_artifacts_size - d.size, job_artifacts_count = s.job_artifacts_count - d.count
    FROM (SELECT project_id, sum(size) AS size, count(*) AS count FROM deleted GROUP BY project_id) d
    WHERE s.project_id = d.project_id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION artifacts_count_deleted() IS 'Takes deleted artifact rows off their projects'' usage and queues their contents for removal.';

CREATE OR REPLACE FUNCTION artifacts_count_resized() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO content_releases (content_id)
    SELECT DISTINCT o.content_id FROM resized_from o JOIN resized_to n ON n.id = o.id
    WHERE n.content_id <> o.content_id;
    PERFORM 1 FROM project_statistics s
    WHERE s.project_id IN (SELECT n.project_id FROM resized_to n JOIN resized_from o ON o.id = n.id WHERE n.size <> o.size)
    ORDER BY s.project_id FOR NO KEY UPDATE;
    UPDATE project_statistics s
    SET job_artifacts_size = s.job_artifacts_size + d.size
    FROM (SELECT n.project_id, sum(n.size - o.size) AS size
          FROM resized_to n JOIN resized_from o ON o.id = n.id GROUP BY n.project_id) d
    WHERE s.project_id = d.project_id AND d.size <> 0;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION artifacts_count_resized() IS 'Follows artifact rows whose content was replaced.';

---------------------------------------------------------------------------------------------------
-- Locks that reach beyond a ref

CREATE TABLE lock_sources (
    pipeline_id bigint PRIMARY KEY REFERENCES pipelines (id) ON DELETE CASCADE,
    project_id bigint NOT NULL,
    tag boolean NOT NULL,
    ref text NOT NULL
);
CREATE INDEX lock_sources_ref ON lock_sources (project_id, tag, ref);

COMMENT ON TABLE lock_sources IS 'Pipelines that are the latest of their ref but cannot be locked themselves, while relatives are for their sake: found here when another becomes the latest.';
COMMENT ON COLUMN lock_sources.pipeline_id IS 'The pipeline.';
COMMENT ON COLUMN lock_sources.project_id IS 'Its project.';
COMMENT ON COLUMN lock_sources.tag IS 'Whether its ref is a tag.';
COMMENT ON COLUMN lock_sources.ref IS 'Its ref.';

INSERT INTO lock_sources (pipeline_id, project_id, tag, ref)
SELECT p.id, p.project_id, p.tag, p.ref FROM pipelines p
WHERE (NOT p.keep_latest OR p.ref_deleted)
  AND (p.parent_project_id = p.project_id
       OR EXISTS (SELECT 1 FROM pipelines c WHERE c.parent_id = p.id AND c.parent_project_id = p.project_id))
  AND (p.id >= COALESCE((SELECT m.id FROM pipelines m
                         WHERE m.project_id = p.project_id AND m.tag = p.tag AND m.ref = p.ref
                           AND m.finished AND NOT m.dangling ORDER BY m.id DESC LIMIT 1), 0)
       OR p.id = (SELECT m.id FROM pipelines m
                  WHERE m.project_id = p.project_id AND m.tag = p.tag AND m.ref = p.ref
                    AND m.status = 'success' AND NOT m.dangling ORDER BY m.id DESC LIMIT 1));
