public import Postgres

/// What waits for sweepers.
public struct SweepBacklog: Sendable, Equatable {
    /// Contents that lost a row and have not been looked at since.
    public let released: Int64
    /// Contents whose files are being unlinked, or could not be.
    public let condemned: Int64
    /// Projects' deletions that are not done with.
    public let deletions: Int64

    /// Counts what waits.
    ///
    /// - Parameter pool: The database.
    /// - Returns: The counts.
    /// - Throws: `PostgresError` where the database is away.
    public static func read(_ pool: ConnectionPool) throws(PostgresError) -> SweepBacklog {
        let row = try pool.query(counts, [], idempotent: true).onlyRow()
        return SweepBacklog(released: try row.int64(0), condemned: try row.int64(1), deletions: try row.int64(2))
    }

    /// When a pass begins, by the database's clock, and how long until the release that was noticed last is old enough.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - delay: How many seconds ago a release must have been noticed.
    /// - Returns: The moment in microseconds since 1970, and the wait in microseconds; 0 where nothing waits.
    /// - Throws: `PostgresError` where the database is away.
    public static func wait(
        _ pool: ConnectionPool,
        delay: Int64
    ) throws(PostgresError) -> (now: Int64, microseconds: Int64) {
        let row = try pool.query(youngest, [.int8(delay)], idempotent: true).onlyRow()
        return (try row.timestamp(0), max(0, try row.int64(1)))
    }

    static let counts = Statement(
        """
        SELECT (SELECT count(*) FROM content_releases),
               (SELECT count(*) FROM contents WHERE removing_at IS NOT NULL),
               (SELECT count(*) FROM artifact_deletions WHERE finished_at IS NULL)
        """
    )

    static let youngest = Statement(
        """
        SELECT now(), COALESCE(ceil(extract(epoch FROM
            (SELECT max(noticed_at) FROM content_releases WHERE noticed_at IS NOT NULL) + $1 * interval '1 second' - now()) * 1000000), 0)::int8
        """
    )
}
