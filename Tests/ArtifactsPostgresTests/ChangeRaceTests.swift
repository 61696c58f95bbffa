import Artifacts
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ArtifactsPostgres

@Suite("Changes of artifacts that meet others")
struct ChangeRaceTests {
    private let database: Database

    init() throws {
        database = try Database()
        try database.pipeline(1)
        try database.job(10, in: 1)
        for type in ["archive", "junit", "trace"] { try database.artifact(of: 10, type, expiresInHours: 1) }
    }

    private static let sweep = "DELETE FROM artifacts WHERE job_id = 10 AND file_type <> 'trace'"
    private static let expire = "UPDATE artifacts SET expire_at = now() WHERE job_id = 10 AND file_type <> 'trace'"
    private static let lock = "UPDATE pipelines SET locked = true WHERE id = 1"

    private func kept(_ outcome: Result<ChangeCatalog.KeepOutcome, any Error>) throws -> Bool {
        switch try outcome.get() {
        case .kept: true
        case .noArchive: false
        case .noJob: throw Unexpected()
        }
    }

    private struct Unexpected: Error {}

    private func count(_ condition: String) throws -> Int64 {
        let sql: SQL = "SELECT count(*) FROM artifacts WHERE \(unescaped: condition)"
        return try database.connection.query(sql).onlyRow().int64(0)
    }

    @Test(
        "a keep waits for what changes its rows, and then decides by what is left",
        arguments: [
            (Self.sweep, "COMMIT", false), (Self.sweep, "ROLLBACK", true), (Self.expire, "COMMIT", false),
            (Self.expire, "ROLLBACK", true), (Self.lock, "COMMIT", true),
            ("DELETE FROM artifacts WHERE job_id = 10 AND file_type = 'junit'", "COMMIT", true),
        ]
    )
    func keepWaits(statements: String, end: String, isKept: Bool) throws {
        let (outcome, hasWaited) = try database.racing(statements, ending: end) { pool in
            try ChangeCatalog(pool: pool).keep(job: 10)
        }
        #expect(hasWaited)
        #expect(try kept(outcome) == isKept)
        #expect(try (count("file_type = 'archive' AND expire_at IS NULL") == 1) == isKept)
    }

    @Test("a sweeper passes over rows while they are kept, and afterwards finds them lasting")
    func sweeperPasses() throws {
        let due: SQL = """
            SELECT id FROM artifacts WHERE expire_at <= now() + interval '1 day' ORDER BY id FOR UPDATE SKIP LOCKED
            """
        #expect(try database.connection.query(due).count == 3)
        let keeper = try database.second()
        try keeper.transaction { connection throws(PostgresError) in
            _ = try ChangeCatalog.lock(10, connection)
            _ = try connection.query(ChangeCatalog.lockKept, 10 as Int64)
            let seen = try database.connection.query(due)
            #expect(seen.isEmpty)
        }
        _ = try ChangeCatalog(pool: database.pool).keep(job: 10)
        #expect(try database.connection.query(due).isEmpty)
    }

    @Test("of a keep and a delete the second sees what the first has left")
    func keepAndDelete() throws {
        let remove = "SELECT 1 FROM jobs WHERE id = 10 FOR NO KEY UPDATE; \(Self.sweep)"
        let (outcome, hasWaited) = try database.racing(remove) { pool in try ChangeCatalog(pool: pool).keep(job: 10) }
        #expect(hasWaited)
        #expect(try !kept(outcome))
        #expect(try count("true") == 1)
    }

    @Test("a second delete and an erase wait for the first delete and find nothing")
    func twoDeletes() throws {
        let remove = "SELECT 1 FROM jobs WHERE id = 10 FOR NO KEY UPDATE; DELETE FROM artifacts WHERE job_id = 10"
        let (deleted, _) = try database.racing(remove) { pool in try ChangeCatalog(pool: pool).delete(job: 10) }
        #expect(try deleted.get())
        for type in ["archive", "trace"] {
            try database.connection.query("DELETE FROM contents WHERE sha256 = sha256((\("10/" + type))::bytea)")
            try database.artifact(of: 10, type)
        }
        let (erased, hasWaited) = try database.racing(remove) { pool in try ChangeCatalog(pool: pool).erase(job: 10) }
        #expect(hasWaited)
        #expect(try erased.get() == .notErasable)
    }

    @Test("an erase that meets an end of the job decides by the status that it then has")
    func eraseSeesStatus() throws {
        try database.connection.execute("UPDATE jobs SET status = 'running'")
        let (erased, _) = try database.racing("UPDATE jobs SET status = 'success' WHERE id = 10") { pool in
            try ChangeCatalog(pool: pool).erase(job: 10)
        }
        guard case .erased = try erased.get() else { return #expect(Bool(false), "\(erased)") }
        #expect(try count("true") == 0)
    }

    /// What happens to the jobs of one pipeline, in any order and at once.
    private static func event(_ number: Int, _ job: Int64, _ pool: ConnectionPool) throws(PostgresError) {
        let catalog = ChangeCatalog(pool: pool)
        switch number % 8 {
        case 0: _ = try catalog.keep(job: job)
        case 1: _ = try catalog.delete(job: job)
        case 2: _ = try catalog.erase(job: job)
        case 3: try catalog.requestDeletion(project: 1, user: nil)
        case 4: try pool.query("UPDATE pipelines SET locked = NOT locked WHERE id = 1")
        case 5:
            try pool.query(
                """
                DELETE FROM artifacts WHERE id = ANY (ARRAY (
                    SELECT id FROM artifacts WHERE project_id = 1 AND NOT locked ORDER BY id LIMIT 3 FOR UPDATE SKIP LOCKED))
                """
            )
        case 6:
            try pool.query(
                """
                UPDATE artifacts SET expire_at = now() WHERE id = ANY (ARRAY (
                    SELECT id FROM artifacts WHERE project_id = 1 ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED))
                """
            )
        default: try add(job, pool)
        }
    }

    private static func add(_ job: Int64, _ pool: ConnectionPool) throws(PostgresError) {
        try pool.query(
            """
            WITH content AS (
                INSERT INTO contents (sha256, size, indexed) VALUES (sha256(gen_random_uuid()::text::bytea), 7, false)
                RETURNING id
            )
            INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id,
                                   expire_at, locked)
            SELECT 1, 1, \(job), t.name, t.format, 'x', 7, content.id, now() + interval '1 hour', p.locked
            FROM content, pipelines p, artifact_types t WHERE p.id = 1 AND t.name IN ('archive', 'junit', 'trace')
            ON CONFLICT DO NOTHING
            """
        )
    }

    @Test("any changes at once end without a deadlock, and usage stays exact")
    func storm() throws {
        for job in 11...13 as ClosedRange<Int64> { try database.build(job, in: 1) }
        let before = try deadlocks()
        let failures = Mutex<[String]>([])
        let pool = database.pool
        onThreads(4) { thread in
            var random = SplitMix(state: UInt64(thread))
            for _ in 0..<60 {
                let (number, job) = (Int.random(in: 0..<8, using: &random), Int64.random(in: 10...13, using: &random))
                do throws(PostgresError) {
                    try Self.event(number, job, pool)
                } catch {
                    // A row whose pipeline is locked or unlocked meanwhile is refused by its key.
                    if error.code == .server(.foreignKeyViolation) { continue }
                    failures.withLock { $0.append("event \(number % 8): \(error.debugDescription)") }
                }
            }
        }
        #expect(failures.withLock { $0 } == [])
        pool.close()
        try waitUntilAlone()
        #expect(try deadlocks() == before)
        let wrong: SQL = """
            SELECT count(*) FROM project_statistics s
            WHERE s.job_artifacts_count <> (SELECT count(*) FROM artifacts a WHERE a.project_id = s.project_id)
               OR s.job_artifacts_size <> (SELECT COALESCE(sum(size), 0) FROM artifacts a WHERE a.project_id = s.project_id)
            """
        #expect(try database.connection.query(wrong).onlyRow().int64(0) == 0)
    }

    /// Sessions report a deadlock at the latest when they end.
    private func waitUntilAlone() throws {
        let others: SQL = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
            """
        for _ in 0..<1000 where try database.connection.query(others).onlyRow().int64(0) > 0 {
            try database.connection.execute("SELECT pg_sleep(0.01)")
        }
    }

    private func deadlocks() throws -> Int64 {
        try database.connection.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .onlyRow().int64(0)
    }
}
