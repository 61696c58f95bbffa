public import Postgres

/// What the database knows of contents, to compare with what is in the store.
public struct ContentInventory: Sendable {
    private let pool: ConnectionPool

    /// Prepares comparing.
    ///
    /// - Parameter pool: The database.
    public init(pool: ConnectionPool) { self.pool = pool }

    /// A content that the database knows and does not remove.
    public struct Entry: Sendable, Equatable {
        /// The content's number.
        public let id: Int64
        /// SHA-256 of its bytes.
        public let digest: [UInt8]
        /// How many bytes it has.
        public let size: Int64
        /// Whether a member index belongs to it.
        public let isIndexed: Bool
        /// Whether a row refers to it, or it waits for its removal, or it came in a moment ago.
        public let isAccountedFor: Bool
    }

    /// Tells which contents there are, those that are being removed among them.
    ///
    /// - Parameter ids: Numbers of contents.
    /// - Returns: The digests of those that there are, by number.
    /// - Throws: `PostgresError` where the database is away.
    public func digests(of ids: [Int64]) throws(PostgresError) -> [Int64: [UInt8]] {
        var digests: [Int64: [UInt8]] = [:]
        for row in try pool.query(Self.known, [ids.bind], idempotent: true) {
            digests[try row.int64(0)] = try row.bytes(1)
        }
        return digests
    }

    /// Lists contents in the order of their numbers.
    ///
    /// - Parameters:
    ///   - id: Begin behind this number.
    ///   - grace: A content that came in fewer seconds ago counts as accounted for.
    ///   - limit: How many at most.
    /// - Returns: The contents; empty at the end.
    /// - Throws: `PostgresError` where the database is away.
    public func contents(after id: Int64, grace: Int64, limit: Int) throws(PostgresError) -> [Entry] {
        let binds: [Bind] = [.int8(id), .int8(grace), .int8(Int64(limit))]
        return try pool.query(Self.page, binds, idempotent: true).map { row throws(PostgresError) in
            Entry(
                id: try row.int64(0),
                digest: try row.bytes(1),
                size: try row.int64(2),
                isIndexed: try row.bool(3),
                isAccountedFor: try row.bool(4)
            )
        }
    }

    /// Queues contents for removal that nobody accounts for.
    ///
    /// - Parameter ids: Their numbers. Whether a row refers to them is looked at again before their removal.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func release(_ ids: [Int64]) throws(PostgresError) {
        try pool.query(Self.release, ids)
    }

    /// What can be done about a file that no row knows.
    public enum Verdict: Sendable, Equatable {
        /// It has a condemned row now and goes the way of all removals.
        case condemned
        /// It has a row by now, or a transaction is at it.
        case inUse
        /// Nobody can be at it: its number was never given out, as after restoring a backup, or to other bytes.
        case neverKnown
    }

    /// Gives a file that no row knows a condemned row, so that a removal that is cut short is taken up by a sweeper.
    ///
    /// An intake puts the file in place before it commits the row. Inserting a row of the same number waits for that
    /// transaction, however long it has been running, and then either does nothing or has the number for itself.
    ///
    /// - Parameters:
    ///   - id: The number in the file's name.
    ///   - digest: The digest in the file's name.
    ///   - size: The file's size.
    /// - Returns: Whether the file may be removed.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func condemn(id: Int64, digest: [UInt8], size: Int64) throws(PostgresError) -> Verdict {
        do {
            let row = try pool.query(Self.condemn, [.int8(id), .bytes(digest), .int8(size)]).onlyRow()
            if try row.bool(1) { return .neverKnown }
            if try row.bool(0) { return .condemned }
            let other = try digests(of: [id])[id]
            return other == nil || other == digest ? .inUse : .neverKnown
        } catch {
            if error.sqlState == .lockNotAvailable { return .inUse }
            throw error
        }
    }

    static let known = Statement("SELECT id, sha256 FROM contents WHERE id = ANY ($1)")

    /// `EXISTS` beside `OR` might be answered by reading the whole table once.
    static let page = Statement(
        """
        SELECT c.id, c.sha256, c.size, c.indexed,
               c.created_at > now() - $2 * interval '1 second' OR COALESCE(
                   (SELECT true FROM artifacts a WHERE a.content_id = c.id LIMIT 1),
                   (SELECT true FROM content_releases r WHERE r.content_id = c.id LIMIT 1), false)
        FROM contents c WHERE c.id > $1 AND c.removing_at IS NULL ORDER BY c.id LIMIT $3
        """
    )

    static let release = Statement("INSERT INTO content_releases (content_id) SELECT unnest($1::bigint[])")

    static let condemn = Statement(
        """
        WITH numbers AS MATERIALIZED (
            SELECT COALESCE((SELECT last_value FROM pg_sequences
                WHERE schemaname = current_schema() AND sequencename = 'contents_id_seq'), 0) AS last
        ), made AS (
            INSERT INTO contents (id, sha256, size, indexed, removing_at)
            OVERRIDING SYSTEM VALUE
            SELECT $1, $2, $3, false, now() FROM numbers WHERE $1 <= last
            ON CONFLICT (id) DO NOTHING
            RETURNING id
        )
        SELECT EXISTS (SELECT 1 FROM made), $1 > last FROM numbers
        """
    )
}
