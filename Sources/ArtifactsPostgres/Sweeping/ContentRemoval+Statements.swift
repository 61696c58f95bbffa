internal import Postgres

extension ContentRemoval {
    /// The clock is read when the entries have been found, so after the commits that made them.
    static let notice = Statement(
        """
        UPDATE content_releases SET noticed_at = clock_timestamp()
        WHERE id = ANY (ARRAY (
            SELECT id FROM content_releases WHERE noticed_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
        ))
        """
    )

    static let due = Statement(
        """
        SELECT id, content_id, noticed_at FROM content_releases
        WHERE noticed_at IS NOT NULL AND (noticed_at, id) > ($1, $2) AND noticed_at <= now() - $3 * interval '1 second'
        ORDER BY noticed_at, id LIMIT $4
        FOR UPDATE SKIP LOCKED
        """
    )

    static let hold = Statement(
        "SELECT id FROM contents WHERE id = ANY ($1) AND removing_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED"
    )

    /// Who opened the file for the sake of a row that went later must be waited for too.
    static let condemn = Statement(
        """
        UPDATE contents c SET removing_at = now(), removal_attempts = 1
        WHERE c.id = ANY ($1)
          AND NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.content_id = c.id)
          AND NOT EXISTS (
            SELECT 1 FROM content_releases r
            WHERE r.content_id = c.id AND (r.noticed_at IS NULL OR r.noticed_at > now() - $2 * interval '1 second')
          )
        RETURNING c.id, c.sha256, c.size
        """
    )

    /// An entry stays while an intake holds its content: that one may yet be rolled back.
    static let settle = Statement(
        """
        DELETE FROM content_releases r
        WHERE r.id = ANY ($1) AND (r.content_id = ANY ($2) OR NOT EXISTS (
            SELECT 1 FROM contents c WHERE c.id = r.content_id AND c.removing_at IS NULL
        ))
        """
    )

    static let retry = Statement(
        """
        UPDATE contents SET removing_at = now(), removal_attempts = removal_attempts + 1
        WHERE id = ANY (ARRAY (
            SELECT id FROM contents
            WHERE removing_at IS NOT NULL AND removing_at < COALESCE($1, now() - interval '30 seconds')
              AND ($1 IS NOT NULL OR removal_error IS NULL
                   OR removing_at < now() - LEAST(3600, 15 * 2 ^ LEAST(removal_attempts, 10)) * interval '1 second')
            ORDER BY removing_at LIMIT $2
            FOR UPDATE SKIP LOCKED
        ))
        RETURNING id, sha256, size
        """
    )

    static let finish = Statement(
        """
        WITH gone AS (DELETE FROM contents WHERE id = ANY ($1) AND removing_at IS NOT NULL RETURNING size)
        SELECT count(*), COALESCE(sum(size), 0)::int8 FROM gone
        """
    )

    static let fail = Statement("UPDATE contents SET removal_error = $2 WHERE id = $1 AND removing_at IS NOT NULL")
}
