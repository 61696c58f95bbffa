import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Postgres

@Suite("Statements for several callers at once")
struct StatementBatcherTests {
    private let pool: ConnectionPool
    private let batcher: StatementBatcher
    private let outcomes = Outcomes()

    init() throws {
        pool = ConnectionPool(conninfo: try PostgresCluster.shared().conninfo(), size: 4)
        batcher = StatementBatcher(pool: pool, lanes: 1)
    }

    private static let double = BatchedStatement("SELECT $1::bigint * 2, $2::text || '!'", types: [.int8, .text])

    /// Waits for whoever holds the lock of its first bind, then tells the second and when the statement began.
    private static let gate = BatchedStatement(
        "SELECT $2::text, extract(epoch FROM now())::float8 FROM pg_advisory_xact_lock_shared($1::bigint)",
        types: [.int8, .text]
    )

    /// Has one caller ask while the gate is shut, lets others come, then opens the gate.
    private func behindGate(
        _ gate: Int64,
        binds: [String],
        by other: StatementBatcher? = nil,
        meanwhile: () throws -> Void = {}
    ) throws {
        let batcher = other ?? batcher
        let holder = try session()
        try holder.query("SELECT pg_advisory_lock(\(gate))")
        let first = asking(gate, "first", batcher)
        try waitUntil("the first caller waits for the gate") {
            try session().query(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = \(gate)::oid AND NOT granted"
            ).onlyRow().int64(0) == 1
        }
        try meanwhile()
        let others = binds.map { asking(gate, $0, batcher) }
        try waitUntil("all others wait for company") { batcher.waiting == binds.count }
        try holder.query("SELECT pg_advisory_unlock(\(gate))")
        for thread in [first] + others { thread.join() }
    }

    private func asking(_ gate: Int64, _ name: String, _ batcher: StatementBatcher) -> BackgroundThread {
        let outcomes = outcomes
        return BackgroundThread {
            do throws(PostgresError) {
                let row = try batcher.row(Self.gate, [.int8(gate), .text(name)])
                outcomes.add(name, try row.text(0), try row.double(1))
            } catch {
                outcomes.fail(name, error)
            }
        }
    }

    @Test("each of many callers gets its own row")
    func ownRows() {
        let problems = Mutex<[String]>([])
        let batcher = batcher
        onThreads(24) { thread in
            for round in 0..<40 {
                let number = Int64(thread * 1000 + round)
                do throws(PostgresError) {
                    let row = try batcher.row(Self.double, [.int8(number), .text("\(number)")])
                    let found = (try row.int64(0), try row.text(1))
                    if found != (number * 2, "\(number)!") { problems.withLock { $0.append("\(number): \(found)") } }
                } catch {
                    problems.withLock { $0.append(String(reflecting: error)) }
                }
            }
        }
        #expect(problems.withLock { $0 } == [])
        #expect(pool.figures.connectsTotal == 1, "one lane needs one connection")
    }

    @Test("binds may be NULL, and are of each caller's own")
    func nulls() throws {
        let callers: [[Bind]] = [[.null(.int8), .text("a")], [.int8(2), .null(.text)], [.null(.int8), .null(.text)]]
        let rows = try pool.query(Self.double.batch, Self.double.columns(callers))
        let found = try rows.map {
            "\(try $0.optionalInt64(0) ?? -1) \(try $0.optionalText(1) ?? "-") \(try $0.int64(2))"
        }
        #expect(found == ["-1 a! 1", "4 - 2", "-1 - 3"])
    }

    @Test("those who come while one asks share the next statement")
    func sharing() throws {
        try behindGate(7_001, binds: (0..<8).map { "caller \($0)" })
        let moments = outcomes.moments
        #expect(moments.count == 9 && outcomes.failures.isEmpty, "\(outcomes.failures)")
        #expect(Set(moments.values).count == 2, "the first's own statement, and one for the others: \(moments)")
        #expect(outcomes.names.allSatisfy { $0 == $1 }, "\(outcomes.names)")
    }

    @Test("the statement of those who waited began after they had asked")
    func freshness() throws {
        var asked = 0.0
        try behindGate(7_002, binds: ["late 1", "late 2"]) {
            asked = try session().query("SELECT extract(epoch FROM clock_timestamp())::float8").onlyRow().double(0)
        }
        let moments = outcomes.moments
        #expect((moments["first"] ?? .infinity) < asked)
        for name in ["late 1", "late 2"] { #expect((moments[name] ?? 0) > asked, "\(name): \(moments)") }
    }

    @Test("what the server refuses of one caller does not fail the others")
    func poison() throws {
        try behindGate(7_003, binds: ["good 1", "bad \0", "good 2"])
        #expect(outcomes.names.keys.sorted() == ["first", "good 1", "good 2"])
        #expect(outcomes.failures == ["bad \0": .server(SQLState(rawValue: "22021"))])
    }

    @Test("who has waited too long for a batch to begin is told that the database is busy")
    func patience() throws {
        try behindGate(7_004, binds: ["late 1", "late 2"], by: StatementBatcher(pool: pool, lanes: 1, patience: .zero))
        #expect(Array(outcomes.names.keys) == ["first"])
        #expect(outcomes.failures == ["late 1": .poolTimeout, "late 2": .poolTimeout])
    }

    @Test("where nobody gets the lock that a statement needs, those who wait do not try one after the other")
    func hopelessness() throws {
        var options = ConnectionOptions()
        options.lockTimeout = .seconds(5)
        let conninfo = try PostgresCluster.shared().conninfo()
        let pool = ConnectionPool(conninfo: conninfo, size: 4, options: options)
        let batcher = StatementBatcher(pool: pool, lanes: 1)
        let holder = try session()
        try holder.query("SELECT pg_advisory_lock(7005)")
        let first = asking(7_005, "first", batcher)
        try waitUntil("the first caller has the lane") { pool.figures.leased == 1 }
        let others = ["other 1", "other 2"].map { asking(7_005, $0, batcher) }
        for thread in [first] + others { thread.join() }
        #expect(Array(outcomes.failures.values) == Array(repeating: .server(.lockNotAvailable), count: 3))
    }

    @Test("where the database cannot be reached, everybody is told so")
    func unreachable() throws {
        let away = ConnectionPool(conninfo: "host=/nonexistent", size: 2)
        let batcher = StatementBatcher(pool: away, lanes: 1)
        let answers = Mutex<[Bool]>([])
        onThreads(8) { _ in
            let error = failure { _ = try batcher.row(Self.double, [.int8(1), .text("")]) }
            answers.withLock { $0.append(error?.isUnavailable == true) }
        }
        #expect(answers.withLock { $0 } == Array(repeating: true, count: 8))
        #expect(batcher.waiting == 0)
    }

    @Test("a caller that has led others is not kept by them")
    func forgetting() {
        weak var kept: BatchTicket?
        do {
            let ticket = BatchTicket(binds: [])
            kept = ticket
            ticket.finish(.lead([ticket, BatchTicket(binds: [])]))
            guard case .lead(let group) = ticket.wait() else {
                Issue.record("the ticket does not lead")
                return
            }
            #expect(group.count == 2)
        }
        #expect(kept == nil)
    }

    @Test(
        "a row that names no caller, or one that has a row, is an error, and no other caller's",
        arguments: [[0], [3], [-1], [1, 2, 1]] as [[Int64]]
    )
    func foreignRow(numbers: [Int64]) throws {
        let rows = try session().query("SELECT 'x', n FROM unnest(\(numbers)) n")
        #expect(failure { _ = try StatementBatcher.outcomes(rows, of: 2) }?.code == .decoding)
    }
}

/// What came of callers, by the name that each bound.
private final class Outcomes: Sendable {
    private struct State {
        var names: [String: String] = [:]
        var moments: [String: Double] = [:]
        var failures: [String: PostgresError.Code] = [:]
    }

    private let state = Mutex(State())

    var names: [String: String] { state.withLock { $0.names } }
    var moments: [String: Double] { state.withLock { $0.moments } }
    var failures: [String: PostgresError.Code] { state.withLock { $0.failures } }

    func add(_ name: String, _ found: String, _ moment: Double) {
        state.withLock {
            $0.names[name] = found
            $0.moments[name] = moment
        }
    }

    func fail(_ name: String, _ error: PostgresError) {
        state.withLock { $0.failures[name] = error.code }
    }
}
