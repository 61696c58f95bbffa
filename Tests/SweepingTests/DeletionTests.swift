import ArtifactsPostgres
import Postgres
import Sweeping
import Synchronization
import TestSupport
import Testing

@Suite("Deletions of all artifacts of a project")
struct DeletionTests {
    private let world: World
    private static let never = "NULL::timestamptz"

    init() throws { world = try World() }

    private func jobs() throws -> [Int64] {
        try world.pool.query("SELECT job_id FROM artifacts ORDER BY 1").map { try $0.int64(0) }
    }

    @Test("take what can be erased and is not locked, up to the newest row of then", arguments: [1, 2, 3, 1000])
    func rules(batch: Int) throws {
        try world.add(10001, "kept for ever", expiry: Self.never)
        try world.add(10002, "not yet", expiry: "now() + interval '1 day'")
        try world.add(10003, "log", type: "trace", expiry: Self.never)
        try world.add(20001, "locked", expiry: Self.never)
        try world.add(10004, "archive", type: "archive", expiry: Self.never)
        try world.add(10005, "report", expiry: Self.never)
        try world.requestDeletion()
        try world.add(10005, "newer report", type: "sast", expiry: Self.never)
        let report = try world.sweeper(batch: batch).pass()
        #expect(report.deleted.rows == 4)
        #expect(report.finishedDeletions == 1)
        #expect(report.removed.rows == 4)
        #expect(try jobs() == [10003, 10005, 20001])
        #expect(
            try world.gone() == [
                "10001 junit expired", "10002 junit expired", "10004 archive expired", "10005 junit expired",
            ]
        )
        #expect(world.files().count == 3)
        #expect(try world.faults() == [])
        #expect(try world.number("SELECT count(*) FROM artifact_deletions WHERE finished_at IS NULL") == 0)
        // The jobs show it from then on, but those that still have newer rows.
        let expired = try world.pool.query("SELECT id FROM jobs WHERE artifacts_expire_at <= now() ORDER BY 1")
        #expect(try expired.map { try $0.int64(0) } == [10001, 10002, 10004])
        #expect(try world.sweeper().pass().deleted.rows == 0)
    }

    @Test("take turns, those of one project in their order")
    func turns() throws {
        for job in 1...6 as ClosedRange<Int64> { try world.add(10000 + job, "text \(job)", expiry: Self.never) }
        try world.requestDeletion()
        try world.requestDeletion()
        try world.requestDeletion(of: 2)
        let deletions = ArtifactDeletions(pool: world.pool, limit: 2)
        var order: [Int64] = []
        while let batch = try deletions.deleteBatch(after: order.last ?? 0) { order.append(batch.request) }
        #expect(order == [1, 3, 1, 1, 1, 2])
        #expect(try !deletions.areOpen())
    }

    @Test("pass over a project that fails, and keep nothing else from being done")
    func poison() throws {
        for job in 10001...10003 as ClosedRange<Int64> { try world.add(job, "text \(job)", expiry: Self.never) }
        try world.add(10009, "expired")
        try world.execute(
            """
            INSERT INTO pipelines (id, project_id, iid, ref, sha, status) VALUES (9, 2, 1, 'main', 'abcdef0', 'success');
            INSERT INTO jobs (id, project_id, pipeline_id, name) VALUES (90001, 2, 9, 'build');
            UPDATE artifacts SET project_id = 2, pipeline_id = 9, job_id = 90001 WHERE job_id = 10003;
            """
        )
        try world.requestDeletion()
        try world.requestDeletion(of: 2)
        try world.refuseDeletion(ofJob: 10002)
        let failures = Mutex<[String]>([])
        let control = SweepControl(onFailure: { what, _ in failures.withLock { $0.append(what) } })
        #expect(throws: SweepError.self) { try world.sweeper().pass(control) }
        #expect(try jobs() == [10001, 10002])
        #expect(failures.withLock { $0 } == ["deletion 1"])
        #expect(try world.number("SELECT count(*) FROM artifact_deletions WHERE finished_at IS NULL") == 1)
    }

    @Test("go on where they were interrupted")
    func interrupted() throws {
        for job in 1...9 as ClosedRange<Int64> { try world.add(10000 + job, "text \(job)", expiry: Self.never) }
        try world.requestDeletion()
        var passes = 0
        while try world.sweeper().hasDeletions(), passes < 100 {
            var questions = 0
            let control = SweepControl(shouldStop: {
                questions += 1
                return questions > 1
            })
            #expect(try world.sweeper(batch: 2).drain(control).deleted.rows <= 2)
            passes += 1
        }
        #expect(passes == 5)
        #expect(try jobs() == [])
    }

    @Test("wait for a row that is being kept this instant, and are the later one")
    func kept() throws {
        let world = world
        try world.add(10001, "text")
        try world.requestDeletion()
        let keeper = LentConnection(connection: try Connection(conninfo: world.conninfo))
        try keeper.connection.execute(
            """
            BEGIN; UPDATE jobs SET artifacts_expire_at = NULL WHERE id = 10001;
            UPDATE artifacts SET expire_at = NULL WHERE job_id = 10001
            """
        )
        let deleted = Mutex<Int64>(0)
        onThreads(2) { number in
            if number == 0 {
                let rows = try? world.sweeper().drain().deleted.rows
                deleted.withLock { $0 = rows ?? -1 }
            } else {
                _ = try? keeper.connection.execute("SELECT pg_sleep(0.3); COMMIT")
            }
        }
        #expect(deleted.withLock { $0 } == 1)
        #expect(try jobs() == [])
    }

    @Test("a row whose pipeline is locked before its batch comes stays")
    func lockedMeanwhile() throws {
        try world.add(10001, "text", expiry: Self.never)
        try world.requestDeletion()
        try world.execute("UPDATE pipelines SET locked = true WHERE id = 1")
        #expect(try world.sweeper().drain().finishedDeletions == 1)
        #expect(try jobs() == [10001])
        #expect(try world.number("SELECT count(*) FROM jobs WHERE artifacts_expire_at IS NOT NULL") == 0)
    }

    @Test("are worked off by several sweepers at once, each row by one")
    func several() throws {
        let world = world
        try world.pool.transaction(throwing: TestFailure.self) { connection throws(TestFailure) in
            for job in 1...500 as ClosedRange<Int64> {
                _ = try world.add(10000 + job, "text \(job % 20)", expiry: Self.never, in: connection)
            }
        }
        for _ in 0..<3 { try world.requestDeletion() }
        let rows = Mutex<Int64>(0)
        let errors = Mutex<[String]>([])
        onThreads(4) { _ in
            do {
                let deleted = try world.sweeper(batch: 20).pass().deleted.rows
                rows.withLock { $0 += deleted }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(rows.withLock { $0 } == 500)
        #expect(try jobs() == [])
        #expect(try world.faults() == [])
    }

    @Test("are begun when the background thread is told, long before its next pass")
    func background() throws {
        try world.add(10001, "text", expiry: Self.never)
        let failures = Mutex<[String]>([])
        let background = try BackgroundSweeper(sweeper: world.sweeper(), interval: 3600) { event in
            if case .failed(let error) = event { failures.withLock { $0.append("\(error)") } }
        }
        try background.start()
        try world.requestDeletion()
        background.wake()
        for _ in 0..<2000 where try !jobs().isEmpty { try world.execute("SELECT pg_sleep(0.005)") }
        #expect(try jobs() == [])
        background.stop()
        #expect(failures.withLock { $0 } == [])
        // After its end nothing is done any more.
        try world.add(10002, "text")
        background.wake()
        #expect(try jobs() == [10002])
    }

    @Test("a failure does not end the background thread")
    func survivesFailure() throws {
        let count = Mutex<Int>(0)
        let background = try BackgroundSweeper(sweeper: world.sweeper(), interval: 1) { event in
            if case .failed = event { count.withLock { $0 += 1 } }
        }
        try world.execute("ALTER TABLE content_releases RENAME TO hidden")
        try background.start()
        for _ in 0..<2000 where count.withLock({ $0 }) < 1 { try world.execute("SELECT pg_sleep(0.005)") }
        #expect(count.withLock { $0 } > 0)
        try world.execute("ALTER TABLE hidden RENAME TO content_releases")
        try world.add(10001, "text")
        for _ in 0..<2000 where try !jobs().isEmpty { try world.execute("SELECT pg_sleep(0.005)") }
        #expect(try jobs() == [])
        background.stop()
    }
}
