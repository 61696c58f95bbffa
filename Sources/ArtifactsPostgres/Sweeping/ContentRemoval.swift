public import Postgres

/// The removal of contents that no row uses, in three steps of which only the middle one touches the file system.
///
/// `condemn` decides in a transaction and takes the content out of reach of intakes, the caller unlinks the files, and
/// `finish` deletes the rows. A crash in between leaves condemned rows, which `retry` finds; unlinking twice does no harm,
/// because no later file ever has the same name.
public struct ContentRemoval: Sendable {
    private let pool: ConnectionPool
    private let limit: Int

    /// Prepares the removal of contents.
    ///
    /// - Parameters:
    ///   - pool: The database.
    ///   - limit: How many contents a batch has at most.
    public init(pool: ConnectionPool, limit: Int) {
        self.pool = pool
        self.limit = limit
    }

    /// The place in the queue up to which a pass has come.
    public struct Position: Sendable, Equatable {
        var noticedAt = Int64.min
        var id = Int64.min

        /// The front of the queue.
        public init() {}
    }

    /// What a batch of the queue came to.
    public struct Batch: Sendable, Equatable {
        /// What is to be unlinked now.
        public let condemned: [CondemnedContent]
        /// Where the next batch begins, or `nil` at the end of the queue.
        public let next: Position?
    }

    /// Notes when new entries of the queue were seen.
    ///
    /// From then on nobody new is told of the file, and the delay of ``condemn(after:delay:)`` begins. The time at which the
    /// row was deleted would be too early: readers find it until the deletion is committed, however long that takes.
    ///
    /// - Returns: How many were new; fewer than the limit of a batch where none is left.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func notice() throws(PostgresError) -> Int {
        try pool.query(Self.notice, Int64(limit)).affectedRows
    }

    /// Looks through the next entries of the queue, and condemns the contents among them that no row uses.
    ///
    /// The contents' rows are locked first, and only then, in a statement of its own, references are looked for: an
    /// intake that found the content holds that lock until it has committed its reference, and one that comes later
    /// waits and then finds the content condemned, so it makes another (`Contents.intake`). Nobody is waited for: what
    /// is locked stays in the queue.
    ///
    /// - Parameters:
    ///   - position: Where to begin.
    ///   - delay: How many seconds ago it must have been seen that the last row has gone, so that nobody who was told of the
    ///     file still opens it.
    /// - Returns: What is condemned, for good.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func condemn(after position: Position, delay: Int64) throws(PostgresError) -> Batch {
        try pool.transaction { connection throws(PostgresError) in
            let entries = try connection.query(
                Self.due,
                [
                    .timestamp(microsecondsSinceUnixEpoch: position.noticedAt), .int8(position.id), .int8(delay),
                    .int8(Int64(limit)),
                ]
            )
            guard !entries.isEmpty else { return Batch(condemned: [], next: nil) }
            var next = position
            var ids: [Int64] = []
            var contents: Set<Int64> = []
            for entry in entries {
                ids.append(try entry.int64(0))
                contents.insert(try entry.int64(1))
                next.id = try entry.int64(0)
                next.noticedAt = try entry.timestamp(2)
            }
            let held = try connection.query(Self.hold, contents.sorted())
            let free = try held.map { row throws(PostgresError) in try row.int64(0) }
            let condemned = try Self.contents(connection.query(Self.condemn, free, delay))
            try connection.query(Self.settle, ids, free)
            return Batch(condemned: condemned, next: ids.count < limit ? nil : next)
        }
    }

    /// Takes over condemned contents whose removal failed or was cut short.
    ///
    /// A removal is left alone for 30 s; after each failure for twice as long, up to an hour.
    ///
    /// - Parameter moment: Take over everything that was begun before this moment (microseconds since 1970), however
    ///   recently; `nil` to be patient.
    /// - Returns: What is to be unlinked now; empty where nothing is left.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func retry(begunBefore moment: Int64? = nil) throws(PostgresError) -> [CondemnedContent] {
        let moment = moment.map { Bind.timestamp(microsecondsSinceUnixEpoch: $0) } ?? .null(.timestamptz)
        return try Self.contents(pool.query(Self.retry, [moment, .int8(Int64(limit))]))
    }

    /// Deletes the rows of contents whose files are gone.
    ///
    /// - Parameter contents: Their numbers.
    /// - Returns: How many there were, and their bytes; what another sweeper was quicker with is not counted again.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func finish(_ contents: [Int64]) throws(PostgresError) -> RowCount {
        let row = try pool.query(Self.finish, contents).onlyRow()
        return RowCount(rows: try row.int64(0), bytes: try row.int64(1))
    }

    /// Notes why a file could not be unlinked.
    ///
    /// - Parameters:
    ///   - content: The content's number.
    ///   - error: What the system said.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func fail(_ content: Int64, error: String) throws(PostgresError) {
        try pool.query(Self.fail, content, error)
    }

    private static func contents(_ rows: Rows) throws(PostgresError) -> [CondemnedContent] {
        try rows.map { row throws(PostgresError) in
            CondemnedContent(id: try row.int64(0), digest: try row.bytes(1), size: try row.int64(2))
        }
    }
}
