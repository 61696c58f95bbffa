import ArtifactsPostgres
import Postgres
import Sweeping
import Synchronization
import TestSupport
import Testing

@Suite("Sweepers and others at once")
struct ConcurrencyTests {
    private let world: World

    init() throws { world = try World() }

    @Test("four sweepers delete each of 2,000 rows once, without a deadlock")
    func fourSweepers() throws {
        let world = world
        try world.pool.transaction(throwing: TestFailure.self) { connection throws(TestFailure) in
            for job in 1...2000 as ClosedRange<Int64> {
                _ = try world.add(10000 + job, "text \(job % 100)", in: connection)
            }
        }
        let reports = Mutex<[SweepReport]>([])
        let errors = Mutex<[String]>([])
        onThreads(4) { _ in
            do {
                let report = try world.sweeper(batch: 50).fullPass()
                reports.withLock { $0.append(report) }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        // The last to leave a batch may have passed over what another one held, for that one to finish.
        _ = try world.sweeper().pass()
        #expect(reports.withLock { $0.map(\.expired.rows).reduce(0, +) } == 2000)
        #expect(try world.number("SELECT count(*) FROM contents") == 0)
        #expect(world.files() == [])
        #expect(try world.faults() == [])
    }

    @Test("a row that was kept before it was swept stays")
    func keepers() throws {
        let world = world
        for job in 1...300 as ClosedRange<Int64> { try world.add(10000 + job, "text \(job % 7)") }
        let kept = Mutex<[Int64]>([])
        let errors = Mutex<[String]>([])
        onThreads(4) { number in
            do {
                if number < 2 {
                    _ = try world.sweeper(batch: 10).pass()
                } else {
                    for job in stride(from: Int64(300 - number), through: 1, by: -3) {
                        let sql: SQL = "UPDATE artifacts SET expire_at = NULL WHERE job_id = \(10000 + job)"
                        if try world.pool.query(sql).affectedRows == 1 { kept.withLock { $0.append(10000 + job) } }
                    }
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        _ = try world.sweeper().pass()
        let jobs = try world.pool.query("SELECT job_id FROM artifacts ORDER BY 1").map { try $0.int64(0) }
        #expect(jobs == Set(kept.withLock { $0 }).sorted())
        #expect(try world.faults() == [])
    }

    @Test("an intake of the bytes that are being removed never gets a row without a file")
    func intakes() throws {
        let world = world
        let errors = Mutex<[String]>([])
        let intakesDone = Atomic<Int>(0)
        onThreads(6) { number in
            do {
                for round in 0..<40 as Range<Int64> where number < 3 {
                    let job = 10001 + Int64(number) * 100 + round
                    try world.add(job, "text \(round % 3)")
                    // Committed: from here on the row must have its file for as long as it is there.
                    let isLost = try !world.faults().filter { $0.hasSuffix("used: true") }.isEmpty
                    if isLost, try world.isLostForGood(job) {
                        errors.withLock { $0.append("job \(job) lost its file") }
                    }
                }
                while number >= 3, intakesDone.load(ordering: .relaxed) < 3 {
                    _ = try world.sweeper(batch: 3).pass()
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
            if number < 3 { intakesDone.add(1, ordering: .relaxed) }
        }
        #expect(errors.withLock { $0 } == [])
        _ = try world.sweeper().fullPass()
        #expect(try world.number("SELECT count(*) FROM artifacts") == 0)
        #expect(try world.number("SELECT count(*) FROM contents") == 0)
        #expect(world.files() == [])
    }

    @Test("a removal leaves a content alone that an intake has found, and comes back to it")
    func intakeFirst() throws {
        try world.add(10001, "text")
        _ = try world.sweeper(delay: 3600).pass()
        let other = try Connection(conninfo: world.conninfo)
        try other.execute("BEGIN")
        _ = try world.add(10002, "text", expiry: "NULL::timestamptz", in: other)
        #expect(try world.sweeper().pass().removed.rows == 0, "the intake has not committed")
        try other.execute("ROLLBACK")
        #expect(try world.sweeper().pass().removed.rows == 1, "and never will")
        #expect(world.files() == [])
    }

    @Test("sweepers wait for no row and no content that an intake holds")
    func waitsForNobody() throws {
        try world.add(10001, "one")
        try world.add(10002, "two")
        let other = try Connection(conninfo: world.conninfo)
        try other.execute(
            "BEGIN; SELECT 1 FROM contents FOR UPDATE; SELECT 1 FROM artifacts WHERE job_id = 10001 FOR UPDATE"
        )
        let report = try world.sweeper().pass()
        #expect(report.expired.rows == 1)
        #expect(report.removed.rows == 0)
        try other.execute("ROLLBACK")
        let rest = try world.sweeper().pass()
        #expect(rest.expired.rows == 1)
        #expect(rest.removed.rows == 2)
    }
}

extension World {
    /// Whether a job has a row whose file is missing: looked at until two looks agree, as sweepers are at work.
    fileprivate func isLostForGood(_ job: Int64) throws -> Bool {
        for _ in 0..<3 {
            let rows = try number("SELECT count(*) FROM artifacts WHERE job_id = \(job)")
            if try rows == 0 || faults().filter({ $0.hasSuffix("used: true") }).isEmpty { return false }
        }
        return true
    }
}
