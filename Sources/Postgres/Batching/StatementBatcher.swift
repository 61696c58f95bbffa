import Glibc
import Synchronization

/// Asks the same look-up for all threads that wait for it in one round trip.
///
/// Nothing is remembered: every answer comes from a statement that began after its caller had asked, so what was revoked
/// before is refused. It is what group commit is to writing (`commit_delay` of PostgreSQL), without its delay: a caller
/// that finds nobody asking goes at once.
///
/// One of those who wait leads: it runs the batch for all on its own thread and connection. There is no thread that could
/// hang or end.
public final class StatementBatcher: Sendable {
    private let pool: ConnectionPool
    private let lanes: Int
    private let largest: Int
    private let patience: Int64
    /// By the identity of the single statement.
    private let queues = Mutex<[Int: BatchQueue<BatchTicket>]>([:])

    /// Asks over a pool of connections.
    ///
    /// - Parameters:
    ///   - pool: The pool; one connection is leased for one batch.
    ///   - lanes: How many batches of one statement may be under way. More of them keep more processors of the database
    ///     busy, fewer make batches larger. Default: half of the processors here, at least 1.
    ///   - largest: How many callers one batch may have. Default: 32.
    ///   - patience: How long a caller waits for its batch to begin. Default: 15 s.
    public init(
        pool: ConnectionPool,
        lanes: Int = StatementBatcher.standardLanes,
        largest: Int = 32,
        patience: Duration = .seconds(15)
    ) {
        self.pool = pool
        self.patience = patience.milliseconds * 1_000_000
        self.lanes = lanes
        self.largest = largest
    }

    /// Half of the processors that are online, at least 1 (sysconf(3)).
    public static var standardLanes: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2) }

    /// Fetches the row of one caller.
    ///
    /// - Parameters:
    ///   - statement: The look-up, which must only read: it is repeated where a connection or a batch fails.
    ///   - binds: The caller's binds, of the types that the statement names.
    /// - Returns: The row; behind the statement's own columns it may have one more.
    /// - Throws: The server's refusal of this caller's binds, or an error that concerns everybody.
    public func row(_ statement: BatchedStatement, _ binds: [Bind]) throws(PostgresError) -> Row {
        guard let ticket = join(statement, binds) else { return try inLane(statement, binds) }
        switch ticket.wait() {
        case .lead(let group): return try lead(group, statement)
        case .row(let row): return row
        case .alone: return try alone(statement, binds)
        case .failed(let error): throw error
        }
    }

    /// How many callers wait for others to finish, of all statements together.
    var waiting: Int { queues.withLock { $0.values.reduce(0) { $0 + $1.waiting.count } } }

    /// Takes a lane, or a place among those who wait for one.
    private func join(_ statement: BatchedStatement, _ binds: [Bind]) -> BatchTicket? {
        queues.withLock { queues in
            let lanes = lanes
            let largest = largest
            return queues[statement.single.id, default: BatchQueue(lanes: lanes, largest: largest)].join(binds)
        }
    }

    /// Lets those who wait have the lane, and those who have waited too long go.
    private func handOver(_ statement: BatchedStatement) {
        while true {
            let group = queues.withLock { $0[statement.single.id]?.leave() ?? [] }
            let first = BatchTicket.now() - patience
            for ticket in group where ticket.since < first {
                ticket.finish(.failed(PostgresError(.poolTimeout, "no look-up began for \(patience / 1_000_000) ms")))
            }
            let inTime = group.filter { $0.since >= first }
            inTime.first?.finish(.lead(inTime))
            if group.isEmpty || !inTime.isEmpty { return }
        }
    }

    /// Gives the lane back after a failure.
    ///
    /// Where the database is to blame, those who wait would only repeat it, one batch after the other.
    private func handOver(_ statement: BatchedStatement, after error: PostgresError) {
        guard Self.concernsEverybody(error) else { return handOver(statement) }
        for ticket in queues.withLock({ $0[statement.single.id]?.giveUp() ?? [] }) { ticket.finish(.failed(error)) }
    }

    /// Whether another caller would fail as well.
    ///
    /// A statement that took too long may have done so for one caller's sake.
    private static func concernsEverybody(_ error: PostgresError) -> Bool {
        error.isUnavailable && error.code != .server(.queryCanceled)
    }

    private func alone(_ statement: BatchedStatement, _ binds: [Bind]) throws(PostgresError) -> Row {
        try pool.query(statement.single, binds, idempotent: true).onlyRow()
    }

    private func inLane(_ statement: BatchedStatement, _ binds: [Bind]) throws(PostgresError) -> Row {
        do throws(PostgresError) {
            let row = try alone(statement, binds)
            handOver(statement)
            return row
        } catch {
            handOver(statement, after: error)
            throw error
        }
    }

    /// Asks for a group, whose first member is the calling thread's.
    private func lead(_ group: [BatchTicket], _ statement: BatchedStatement) throws(PostgresError) -> Row {
        guard group.count > 1, let own = group.first else { return try inLane(statement, group.first?.binds ?? []) }
        let outcomes = ask(group, statement)
        for (ticket, outcome) in zip(group, outcomes).dropFirst() { ticket.finish(outcome) }
        switch outcomes.first {
        case .row(let row): return row
        case .failed(let error): throw error
        case .alone, .lead, nil: return try alone(statement, own.binds)
        }
    }

    /// What comes of a group: as many outcomes as it has members.
    ///
    /// The lane is given back here, so that the server has work while the others are woken.
    ///
    /// Where not the database but the statement failed, one caller may be to blame, with text that is not UTF-8 for
    /// instance: then each asks alone.
    private func ask(_ group: [BatchTicket], _ statement: BatchedStatement) -> [BatchTicket.Outcome] {
        do throws(PostgresError) {
            let binds = statement.columns(group.map(\.binds))
            let outcomes = try Self.outcomes(pool.query(statement.batch, binds, idempotent: true), of: group.count)
            handOver(statement)
            return outcomes
        } catch {
            handOver(statement, after: error)
            return Array(repeating: Self.concernsEverybody(error) ? .failed(error) : .alone, count: group.count)
        }
    }

    /// Gives each caller its row, by the number that the row ends in: without ORDER BY a statement promises no order.
    static func outcomes(_ rows: Rows, of callers: Int) throws(PostgresError) -> [BatchTicket.Outcome] {
        var outcomes = Array(repeating: BatchTicket.Outcome.alone, count: callers)
        for row in rows {
            let number = try row.int64(rows.columnCount - 1)
            guard number >= 1, number <= callers else {
                throw PostgresError(.decoding, "a row of caller \(number) of \(callers)")
            }
            if case .row = outcomes[Int(number) - 1] {
                throw PostgresError(.decoding, "two rows of caller \(number) of \(callers)")
            }
            outcomes[Int(number) - 1] = .row(row)
        }
        return outcomes
    }
}

extension BatchQueue<BatchTicket> {
    /// Takes a lane, or makes a caller that waits for one.
    fileprivate mutating func join(_ binds: [Bind]) -> BatchTicket? {
        if enter() { return nil }
        let ticket = BatchTicket(binds: binds)
        wait(ticket)
        return ticket
    }
}
