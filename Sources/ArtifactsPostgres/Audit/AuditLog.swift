public import Artifacts
public import Postgres

/// The audit trail in the database: adds events, lists them, and removes what is past its retention.
public struct AuditLog: Sendable {
    let pool: ConnectionPool
    private let onCopyFailure: @Sendable (PostgresError) -> Void

    /// Writes and reads over a pool of connections.
    ///
    /// - Parameters:
    ///   - pool: The pool; one connection is leased for one statement, or for one batch.
    ///   - onCopyFailure: Told why a batch is inserted that was to be copied, which costs more and else goes unnoticed.
    public init(pool: ConnectionPool, onCopyFailure: @escaping @Sendable (PostgresError) -> Void = { _ in }) {
        self.pool = pool
        self.onCopyFailure = onCopyFailure
    }

    /// From how many events on COPY is cheaper, which looks the users' names up by a statement of its own.
    static let copied = 16

    /// Adds events, all or none of them; when it returns they are durable.
    ///
    /// An event that is there already stays as it is: after a lost connection, which leaves open whether it was written,
    /// it can be written again.
    ///
    /// - Parameter events: The events; a statement takes some thousand.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func append(_ events: [AuditEvent]) throws(PostgresError) {
        guard events.count >= Self.copied else { return try insert(events) }
        do {
            try pool.withConnection { connection throws(PostgresError) in try Self.copy(connection, events) }
        } catch {
            // COPY fails where one event is there already, and a lost connection may have written all of them.
            guard error.isConnectionLost || !error.isUnavailable else { throw error }
            onCopyFailure(error)
            try insert(events)
        }
    }

    private func insert(_ events: [AuditEvent]) throws(PostgresError) {
        try pool.query(AuditStatement.insert, AuditStatement.binds(events), idempotent: true)
    }

    /// Adds events, or fails where one of them is there already; a third of what an `INSERT` costs the server is saved.
    private static func copy(_ connection: Connection, _ events: [AuditEvent]) throws(PostgresError) {
        let usernames = try usernames(connection, Set(events.compactMap(\.actor.userID)))
        try connection.copy(AuditStatement.copy) { writer throws(PostgresError) in
            for event in events { try writer.append(AuditStatement.row(event, usernames)) }
        }
    }

    private static func usernames(
        _ connection: Connection,
        _ users: Set<Int64>
    ) throws(PostgresError) -> [Int64: String] {
        guard !users.isEmpty else { return [:] }
        var names: [Int64: String] = [:]
        for row in try connection.query(AuditStatement.usernames, users.sorted()) {
            names[try row.int64(0)] = try row.text(1)
        }
        return names
    }

    /// Adds events in the transaction of the change that they tell of, so that neither is there without the other.
    ///
    /// - Parameters:
    ///   - connection: A connection inside the change's transaction.
    ///   - events: The events.
    /// - Throws: `PostgresError` where the database refuses or is away; the transaction has failed then.
    public static func append(_ connection: Connection, _ events: [AuditEvent]) throws(PostgresError) {
        try connection.query(AuditStatement.insert, AuditStatement.binds(events))
    }

    /// Removes a batch of the oldest events.
    ///
    /// Batches keep each transaction short, and several servers do not wait for each other: each passes over the rows
    /// that another one is removing.
    ///
    /// - Parameters:
    ///   - moment: Events before it are removed, in microseconds since the Unix epoch.
    ///   - batch: The most events to remove.
    /// - Returns: How many were removed; fewer than `batch`: there are no more.
    /// - Throws: `PostgresError` where the database refuses or is away.
    @discardableResult
    public func removeExpired(before moment: Int64, batch: Int) throws(PostgresError) -> Int {
        try pool.query(AuditStatement.removal, SQLTimestamp(microseconds: moment), batch, idempotent: true).affectedRows
    }
}
