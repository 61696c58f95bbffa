public import Postgres

/// One walk over the rows that are not available any more, which deletes them batch by batch.
///
/// The order is that of the partial index `artifacts_expiring`, and each batch begins behind the one before: what was
/// deleted leaves dead entries at the front of the index, which need not be read again and again.
public struct ExpirySweep: Sendable {
    private let pool: ConnectionPool
    private let limit: Int
    private var last = (expireAt: Int64.min, id: Int64.min)
    /// How many rows the next batch has at most: less than ``limit`` behind one that failed.
    private var room: Int

    /// Whether the walk has come to its end.
    public private(set) var isFinished = false

    /// Begins a walk.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - limit: How many rows a batch has at most.
    public init(pool: ConnectionPool, limit: Int) {
        self.pool = pool
        self.limit = limit
        room = limit
    }

    /// Whether batches are smaller than they might be.
    public var isNarrow: Bool { room < limit }

    /// Makes the next batch half as large, to find the row that keeps others from being deleted.
    ///
    /// - Returns: False where it has one row only, which ``passOver()`` leaves alone.
    public mutating func narrow() -> Bool {
        guard room > 1 else { return false }
        room = max(1, room / 2)
        return true
    }

    /// Leaves the next row alone, until another walk comes to it.
    ///
    /// - Returns: The row's number, or `nil` where there is none.
    /// - Throws: `PostgresError` where the database is away.
    public mutating func passOver() throws(PostgresError) -> Int64? {
        let next = try pool.query(Self.next, position, idempotent: true).optionalRow()
        room = limit
        guard let next else {
            isFinished = true
            return nil
        }
        last = (try next.timestamp(0), try next.int64(1))
        return last.id
    }

    private var position: [Bind] { [.timestamp(microsecondsSinceUnixEpoch: last.expireAt), .int8(last.id)] }

    /// Deletes the next rows; what becomes of their contents is queued in the same transaction, by a trigger.
    ///
    /// Rows that somebody else works on are passed over: a sweeper deletes them, and who keeps them clears their expiry.
    /// A row that was kept or locked before ours was the row's lock is looked at again as it is then (PostgreSQL
    /// documentation, "Read Committed Isolation Level"), and stays.
    ///
    /// - Returns: What went.
    /// - Throws: `PostgresError` where the database refuses or is away; nothing of the batch has gone then.
    public mutating func deleteBatch() throws(PostgresError) -> RowCount {
        let row = try pool.query(Self.batch, position + [.int8(Int64(room))]).onlyRow()
        let count = RowCount(rows: try row.int64(0), bytes: try row.int64(1))
        isFinished = count.rows < Int64(room)
        room = min(limit, room * 2)
        if let expireAt = try row.optionalTimestamp(2), let id = try row.optionalInt64(3) { last = (expireAt, id) }
        return count
    }

    static let next = Statement(
        """
        SELECT expire_at, id FROM artifacts
        WHERE expire_at IS NOT NULL AND NOT locked AND file_type <> 'trace'
          AND expire_at <= now() AND (expire_at, id) > ($1, $2)
        ORDER BY expire_at, id LIMIT 1
        """
    )

    /// The deletion finds its rows by their numbers, not by a join that could read the whole table.
    static let batch = Statement(
        """
        WITH chosen AS MATERIALIZED (
            SELECT id, expire_at FROM artifacts
            WHERE expire_at IS NOT NULL AND NOT locked AND file_type <> 'trace'
              AND expire_at <= now() AND (expire_at, id) > ($1, $2)
            ORDER BY expire_at, id LIMIT $3
            FOR UPDATE SKIP LOCKED
        ), gone AS (
            DELETE FROM artifacts WHERE id = ANY (ARRAY (SELECT id FROM chosen)) RETURNING \(GoneArtifacts.columns), size
        ), remembered AS (
            \(GoneArtifacts.remember("gone", isExpired: true))
        )
        SELECT count(*), COALESCE(sum(size), 0)::int8,
               (SELECT expire_at FROM chosen ORDER BY expire_at DESC, id DESC LIMIT 1),
               (SELECT id FROM chosen ORDER BY expire_at DESC, id DESC LIMIT 1)
        FROM gone
        """
    )
}
