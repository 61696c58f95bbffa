import ArtifactsPostgres
import ContentStore
import Cryptography
import Foundation
import Postgres
import Sweeping
import TestSupport
import Testing

@Suite("Logs of ended jobs")
struct TraceTests {
    private let world: World

    init() throws { world = try World() }

    /// Writes a log of three pieces.
    private func write(_ job: Int64, _ text: String = "log", status: String = "success") throws {
        try world.pool.query(
            """
            INSERT INTO trace_chunks (job_id, start_offset, data)
            SELECT \(job), n * octet_length(b), b FROM (SELECT convert_to(\(text), 'UTF8') AS b) t, generate_series(0, 2) n
            """
        )
        try world.pool.query("UPDATE jobs SET status = \(status) WHERE id = \(job)")
    }

    /// What is stored of a job's log, or `nil`.
    private func stored(_ job: Int64) throws -> String? {
        let rows = try world.pool.query(
            """
            SELECT c.id, c.sha256 FROM artifacts a JOIN contents c ON c.id = a.content_id
            WHERE a.job_id = \(job) AND a.file_type = 'trace'
            """
        )
        guard let row = try rows.optionalRow() else { return nil }
        let digest = try #require(SHA256Digest(bytes: try row.bytes(1)))
        let path = "contents/" + ContentReference(id: try row.int64(0), digest: digest).relativePath
        return try String(contentsOfFile: world.path(path), encoding: .utf8)
    }

    private func chunks() throws -> Int64 { try world.number("SELECT count(*) FROM trace_chunks") }

    @Test("become artifacts that do not expire", arguments: ["success", "failed", "canceled", "skipped"])
    func archived(_ status: String) throws {
        try write(10001, status: status)
        try write(20001, "other", status: status)
        let report = try world.sweeper().pass()
        #expect(report.archivedLogs == RowCount(rows: 2, bytes: 9 + 15))
        #expect(try stored(10001) == "logloglog")
        #expect(try stored(20001) == "otherotherother")
        #expect(try chunks() == 0)
        let row = try world.pool.query(
            """
            SELECT string_agg(concat_ws(' ', file_format, filename, size, access, expire_at IS NULL, locked, project_id), ', '
                              ORDER BY job_id) FROM artifacts
            """
        ).onlyRow().text(0)
        #expect(row == "raw job.log 9 all t f 1, raw job.log 15 all t t 1")
        #expect(try world.faults() == [])
        #expect(try world.sweeper().pass().archivedLogs.rows == 0)
    }

    @Test("stay open while the job can go on", arguments: ["created", "pending", "running", "canceling", "manual"])
    func open(_ status: String) throws {
        try write(10001, status: status)
        #expect(try world.sweeper().pass().archivedLogs.rows == 0)
        #expect(try chunks() == 3)
    }

    @Test("that are equal are one file")
    func shared() throws {
        for job in 10001...10010 { try write(Int64(job)) }
        #expect(try world.sweeper().pass().archivedLogs.rows == 10)
        #expect(world.files().count == 1)
        #expect(try world.faults() == [])
    }

    @Test("that were uploaded as a whole are left as they are, and the pieces go")
    func superseded() throws {
        try write(10001)
        try world.add(10001, "whole", type: "trace", expiry: "NULL::timestamptz")
        #expect(try world.sweeper().pass().archivedLogs.rows == 0)
        #expect(try stored(10001) == "whole")
        #expect(try chunks() == 0)
        #expect(world.files().count == 1, "nothing that was staged stays")
    }

    @Test("are stored once by several sweepers, whoever is first")
    func several() throws {
        for job in 10001...10040 { try write(Int64(job), "log of \(job)\n") }
        let world = world
        onThreads(4) { _ in _ = try? world.sweeper().pass() }
        for job in 10001...10040 {
            #expect(try stored(Int64(job)) == String(repeating: "log of \(job)\n", count: 3))
        }
        #expect(try chunks() == 0)
        #expect(world.files().count == 40)
        #expect(try world.faults() == [])
    }

    @Test("of jobs that somebody changes, or whose first piece somebody holds, wait for a later pass")
    func busy() throws {
        try write(10001)
        try write(10002)
        let other = try Connection(conninfo: world.conninfo)
        try other.execute(
            """
            BEGIN;
            SELECT 1 FROM jobs WHERE id = 10001 FOR NO KEY UPDATE;
            SELECT 1 FROM trace_chunks WHERE job_id = 10002 AND start_offset = 0 FOR UPDATE
            """
        )
        #expect(try world.sweeper().pass().archivedLogs.rows == 0)
        #expect(world.files() == [])
        try other.execute("COMMIT")
        #expect(try world.sweeper().pass().archivedLogs.rows == 2)
        #expect(try world.faults() == [])
    }

    @Test("leave nothing in the store when their transaction fails, and keep no other back")
    func failed() throws {
        try write(10001)
        try write(10002, "other")
        try world.execute(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON trace_chunks FOR EACH ROW WHEN (OLD.job_id = 10001)
            EXECUTE FUNCTION refuse()
            """
        )
        var failures: [String] = []
        let control = SweepControl(onFailure: { what, _ in failures.append(what) })
        #expect(throws: SweepError.self) { try world.sweeper().pass(control) }
        #expect(failures == ["log of job 10001"])
        #expect(world.files().count == 1)
        #expect(try stored(10001) == nil)
        #expect(try stored(10002) == "otherotherother")
        try world.execute("DROP TRIGGER refuse ON trace_chunks")
        #expect(try world.sweeper().pass().archivedLogs.rows == 1)
        #expect(try stored(10001) == "logloglog")
    }

    @Test("of more pieces than are read at once come together in order")
    func long() throws {
        try world.execute(
            """
            INSERT INTO trace_chunks SELECT 10001, n * 6, convert_to(lpad(n::text, 5, '0') || E'\\n', 'UTF8')
            FROM generate_series(0, 999) n;
            UPDATE jobs SET status = 'success'
            """
        )
        #expect(try world.sweeper().pass().archivedLogs.bytes == 6000)
        let lines = (0..<1000).map { number in String(repeating: "0", count: 5 - "\(number)".count) + "\(number)\n" }
        #expect(try stored(10001) == lines.joined())
    }
}
