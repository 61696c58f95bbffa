import ArtifactsPostgres
import Glibc
import Postgres
import Sweeping
import Synchronization
import TestSupport
import Testing

@Suite("The sweeper")
struct SweeperTests {
    private let world: World

    init() throws { world = try World() }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let job: Int64
        let type: String
        let expiry: String
        let goes: Bool
    }

    static let past = "now() - interval '1 second'"
    static let cases = [
        Case(testDescription: "past its expiry", job: 10001, type: "junit", expiry: past, goes: true),
        Case(testDescription: "this instant", job: 10001, type: "junit", expiry: "now()", goes: true),
        Case(testDescription: "not yet", job: 10001, type: "junit", expiry: "now() + interval '1 hour'", goes: false),
        Case(testDescription: "never", job: 10001, type: "junit", expiry: "NULL::timestamptz", goes: false),
        Case(
            testDescription: "infinitely late",
            job: 10001,
            type: "junit",
            expiry: "'infinity'::timestamptz",
            goes: false
        ),
        Case(
            testDescription: "infinitely early",
            job: 10001,
            type: "junit",
            expiry: "'-infinity'::timestamptz",
            goes: true
        ),
        Case(testDescription: "a job's log", job: 10001, type: "trace", expiry: past, goes: false),
        Case(testDescription: "of a locked pipeline", job: 20001, type: "junit", expiry: past, goes: false),
    ]

    @Test("deletes the rows that are not available, and their files", arguments: cases)
    func rules(_ example: Case) throws {
        try world.add(example.job, "text", type: example.type, expiry: example.expiry)
        let report = try world.sweeper().pass()
        #expect(report.expired.rows == (example.goes ? 1 : 0))
        #expect(report.removed.rows == (example.goes ? 1 : 0))
        #expect(try world.number("SELECT count(*) FROM artifacts") == (example.goes ? 0 : 1))
        #expect(try world.number("SELECT count(*) FROM contents") == (example.goes ? 0 : 1))
        #expect(world.files().count == (example.goes ? 0 : 1))
        #expect(try world.gone() == (example.goes ? ["\(example.job) \(example.type) expired"] : []))
        #expect(try world.faults() == [])
    }

    @Test("remembers what went last, not what had gone before")
    func wentAgain() throws {
        try world.execute(
            """
            INSERT INTO gone_artifacts (job_id, file_type, expired, sha256)
            SELECT v.*, sha256('before') FROM (VALUES (10001, 'junit', false), (10001, 'sast', false), (10002, 'junit', true)) v
            """
        )
        for job in [10001, 10002] as [Int64] { try world.add(job, "again \(job)") }
        #expect(try world.sweeper().pass().expired.rows == 2)
        #expect(try world.gone() == ["10001 junit expired", "10001 sast deleted", "10002 junit expired"])
        #expect(
            try world.number(
                "SELECT count(*) FROM gone_artifacts WHERE sha256 = sha256(('again ' || job_id)::bytea) AND file_type = 'junit'"
            ) == 2
        )
    }

    @Test("passes over a row that cannot be deleted, and says which", arguments: [1, 2, 4, 1000])
    func poison(batch: Int) throws {
        for job in 10001...10009 as ClosedRange<Int64> { try world.add(job, "text \(job)") }
        let poison = try world.number("SELECT id FROM artifacts WHERE job_id = 10004")
        try world.refuseDeletion(ofJob: 10004)
        let failures = Mutex<[String]>([])
        let control = SweepControl(onFailure: { what, _ in failures.withLock { $0.append(what) } })
        #expect(throws: SweepError.self) { try world.sweeper(batch: batch).pass(control) }
        #expect(try world.number("SELECT count(*) FROM artifacts") == 1)
        #expect(world.files().count == 1, "what went before the pass failed has its files removed")
        #expect(failures.withLock { $0 } == ["artifact \(poison)"])
    }

    @Test("leaves a content that another row uses, until that one goes")
    func shared() throws {
        try world.add(10001, "shared")
        try world.add(10002, "shared", expiry: "NULL::timestamptz")
        #expect(try world.sweeper().pass().removed.rows == 0)
        #expect(world.files().count == 1)
        try world.execute("UPDATE artifacts SET expire_at = now()")
        #expect(try world.sweeper().pass().removed.rows == 1)
        #expect(world.files() == [])
        #expect(try world.number("SELECT count(*) FROM content_releases") == 0)
    }

    @Test("finds the content whose last two rows two transactions delete at once")
    func deletedCrosswise() throws {
        try world.add(10001, "shared", expiry: "NULL::timestamptz")
        try world.add(10002, "shared", expiry: "NULL::timestamptz")
        // The second can see the first one's row still when it deletes the other, and then waits to count its own.
        let first = LentConnection(connection: try Connection(conninfo: world.conninfo))
        let second = LentConnection(connection: try Connection(conninfo: world.conninfo))
        try first.connection.execute("BEGIN; DELETE FROM artifacts WHERE job_id = 10001")
        let errors = Mutex<[String]>([])
        onThreads(2) { number in
            do {
                if number == 0 {
                    try second.connection.execute("DELETE FROM artifacts WHERE job_id = 10002")
                } else {
                    try first.connection.execute("SELECT pg_sleep(0.2); COMMIT")
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(try world.sweeper().pass().removed.rows == 1)
        #expect(world.files() == [])
    }

    @Test("waits with a file for as long as somebody may open it")
    func delay() throws {
        try world.add(10001, "text")
        let report = try world.sweeper(delay: 3600).pass()
        #expect(report.expired.rows == 1)
        #expect(report.removed.rows == 0)
        #expect(report.backlog?.released == 1)
        #expect(world.files().count == 1)
        // A reader of a row that went later counts, too.
        try world.execute("UPDATE content_releases SET noticed_at = now() - interval '2 hours'")
        try world.add(10002, "text")
        #expect(try world.sweeper(delay: 3600).pass().removed.rows == 0)
        try world.execute("UPDATE content_releases SET noticed_at = now() - interval '2 hours'")
        #expect(try world.sweeper(delay: 3600).pass().removed.rows == 1)
        #expect(world.files() == [])
    }

    @Test("counts the wait from when a deletion is seen, as readers find the row until its commit")
    func longCommit() throws {
        try world.add(10001, "text", expiry: "NULL::timestamptz")
        try world.execute(
            """
            BEGIN;
            DELETE FROM artifacts;
            UPDATE content_releases SET released_at = now() - interval '2 hours';
            COMMIT
            """
        )
        #expect(try world.sweeper(delay: 3600).pass().removed.rows == 0)
        #expect(world.files().count == 1)
        #expect(
            try world.number("SELECT count(*) FROM content_releases WHERE noticed_at > now() - interval '1 hour'") == 1
        )
    }

    @Test("an operator's pass waits for the files that it released")
    func fullPass() throws {
        try world.add(10001, "text")
        #expect(try world.sweeper(delay: 1).fullPass().removed.rows == 1)
        #expect(world.files() == [])
    }

    @Test("an operator's pass corrects locks that are not what they should be")
    func repairsLocks() throws {
        try world.execute("UPDATE pipelines SET locked = true WHERE id = 1")
        try world.add(10001, "text")
        let report = try world.sweeper().fullPass()
        #expect(report.changedLocks == 1)
        #expect(report.expired.rows == 1)
    }

    @Test("tries again what could not be unlinked, and says so")
    func failure() throws {
        try world.add(10001, "text")
        let file = try #require(world.files().first)
        let failures = Mutex<[String]>([])
        // A directory in the file's place cannot be unlinked, by root neither.
        #expect(rename(world.path(file), world.path("aside")) == 0)
        #expect(mkdir(world.path(file), 0o700) == 0)
        let control = SweepControl(onFailure: { content, _ in failures.withLock { $0.append(content) } })
        let report = try world.sweeper().pass(control)
        #expect(report.failures == 1)
        #expect(report.backlog?.condemned == 1)
        #expect(failures.withLock { $0 } == [String(file.split(separator: "/").last ?? "")])
        #expect(try world.number("SELECT count(*) FROM contents WHERE removal_error LIKE '%unlink%'") == 1)
        #expect(try world.sweeper().pass().failures == 0, "a background pass is patient")
        #expect(try world.sweeper().fullPass().failures == 1, "an operator's is not")
        #expect(rmdir(world.path(file)) == 0)
        #expect(try world.sweeper().fullPass().removed.rows == 1)
        #expect(try world.number("SELECT count(*) FROM contents") == 0)
    }

    @Test("a pass that is cut short at any step loses nothing, and the next ones finish its work")
    func interrupted() throws {
        for limit in 1...200 {
            for job in 1...5 as ClosedRange<Int64> { try world.add(10000 + job, "goes \(job % 3)") }
            try world.add(20001, "goes 0", expiry: "NULL::timestamptz")
            try world.add(20002, "stays", expiry: "NULL::timestamptz")
            var questions = 0
            let control = SweepControl(shouldStop: {
                questions += 1
                return questions > limit
            })
            _ = try world.sweeper(batch: 2).pass(control)
            #expect(try world.faults() == [], "stopped at \(limit)")
            // As if the removals had been left long ago.
            try world.execute("UPDATE contents SET removing_at = removing_at - interval '1 hour'")
            _ = try world.sweeper(batch: 2).pass()
            #expect(try world.faults() == [], "stopped at \(limit)")
            #expect(try world.number("SELECT count(*) FROM artifacts") == 2, "stopped at \(limit)")
            #expect(world.files().count == 2, "stopped at \(limit): \(world.files())")
            #expect(try world.number("SELECT count(*) FROM content_releases") == 0, "stopped at \(limit)")
            try world.execute("DELETE FROM artifacts")
            if questions <= limit { return }
        }
        Issue.record("the pass never came to its end")
    }
}
