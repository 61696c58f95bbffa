-- no-transaction
-- When a sweeper first saw that a content has lost a row. The time of the deletion itself says nothing: until its
-- transaction is committed, readers still find the row.
ALTER TABLE content_releases ADD COLUMN IF NOT EXISTS noticed_at timestamptz;
-- no-transaction
COMMENT ON COLUMN content_releases.noticed_at IS 'When a sweeper first saw the entry, which is after its commit; null: none has. Readers of the row may be under way for a while from then on.';
-- no-transaction
COMMENT ON COLUMN content_releases.released_at IS 'When the row was taken, before the commit of whoever took it.';
-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS content_releases_unnoticed;
-- no-transaction
CREATE INDEX CONCURRENTLY content_releases_unnoticed ON content_releases (id) WHERE noticed_at IS NULL;
-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS content_releases_noticed;
-- no-transaction
CREATE INDEX CONCURRENTLY content_releases_noticed ON content_releases (noticed_at, id) WHERE noticed_at IS NOT NULL;
