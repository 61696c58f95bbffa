import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Changes of artifacts")
struct ChangeTests {
    private let database: Database
    private let catalog: ChangeCatalog

    init() throws {
        database = try Database()
        catalog = ChangeCatalog(pool: database.pool)
    }

    struct Row: Sendable {
        let type: String
        let hours: Int64?

        init(_ type: String, _ hours: Int64?) {
            (self.type, self.hours) = (type, hours)
        }
    }

    private func makeJob(_ rows: [Row], status: String = "success", isLocked: Bool = false) throws {
        try database.pipeline(1, isLocked: isLocked)
        try database.job(10, in: 1, status: status)
        for row in rows { try database.artifact(of: 10, row.type, expiresInHours: row.hours) }
        try database.connection.execute("UPDATE jobs SET artifacts_expire_at = now() - interval '1 hour'")
    }

    /// The types of a job's rows that fulfil a condition.
    private func types(_ condition: String = "true") throws -> [String] {
        let sql: SQL = "SELECT file_type FROM artifacts WHERE \(unescaped: condition) ORDER BY file_type"
        return try database.connection.query(sql).map { try $0.text(0) }
    }

    private func jobExpires() throws -> Bool {
        try database.connection.query("SELECT artifacts_expire_at IS NOT NULL FROM jobs WHERE id = 10").onlyRow().bool(
            0
        )
    }

    struct Keep: Sendable {
        let rows: [Row]
        var isLocked = false
        /// The rows that do not expire any more, or `nil` where nothing is kept.
        let lasting: [String]?
    }

    static let keeps = [
        Keep(rows: [Row("archive", 1), Row("junit", 2), Row("trace", 3)], lasting: ["archive", "junit", "trace"]),
        Keep(rows: [Row("archive", nil), Row("junit", 2)], lasting: ["archive", "junit"]),
        Keep(rows: [Row("archive", nil)], lasting: ["archive"]),
        Keep(rows: [Row("archive", 1), Row("junit", -1)], lasting: ["archive"]),
        Keep(rows: [Row("archive", 1), Row("junit", -1)], isLocked: true, lasting: ["archive", "junit"]),
        Keep(rows: [Row("archive", -1)], lasting: nil),
        Keep(rows: [Row("archive", -1)], isLocked: true, lasting: nil),
        Keep(rows: [Row("archive", 0)], isLocked: true, lasting: nil),
        Keep(rows: [Row("junit", 1), Row("trace", 1)], lasting: nil),
        Keep(rows: [], lasting: nil),
    ]

    @Test("keep clears the expiry of the job and of the rows that are available, or does nothing", arguments: keeps)
    func keep(_ example: Keep) throws {
        try makeJob(example.rows, isLocked: example.isLocked)
        for _ in 1...2 {
            let outcome = try catalog.keep(job: 10)
            guard let lasting = example.lasting else {
                #expect(outcome == .noArchive)
                #expect(try jobExpires())
                continue
            }
            let record = try #require(JobCatalog(pool: database.pool).jobs(ids: [10]).first)
            #expect(outcome == .kept(record))
            #expect(record.artifactsExpireAt == nil)
            #expect(try types("expire_at IS NULL") == lasting)
        }
    }

    @Test("a job that is not there can be neither kept, deleted nor erased")
    func noJob() throws {
        #expect(try catalog.keep(job: 10) == .noJob)
        #expect(try catalog.erase(job: 10) == .noJob)
        #expect(try !catalog.delete(job: 10))
    }

    @Test("delete removes all but the log, whatever its expiry or lock, and may be repeated", arguments: [true, false])
    func delete(isLocked: Bool) throws {
        try makeJob(
            [Row("archive", -1), Row("metadata", 1), Row("junit", nil), Row("trace", -1)],
            isLocked: isLocked
        )
        try database.build(11, in: 1)
        for _ in 1...2 {
            #expect(try catalog.delete(job: 10))
            #expect(try types("job_id = 10") == ["trace"])
            #expect(try types("job_id = 11") == ["archive"])
            #expect(try !jobExpires())
            #expect(try AbsenceCatalog(pool: database.pool).reason(job: 10) == .noArchive)
            #expect(try database.goneArtifacts(of: 10) == ["archive deleted", "junit deleted", "metadata deleted"])
            #expect(try database.goneArtifacts(of: 11) == [])
        }
    }

    @Test("what was swept before counts as deleted or erased with the rest", arguments: [true, false])
    func deleteAfterSweep(isErased: Bool) throws {
        try makeJob([Row("junit", 1), Row("trace", nil)])
        try database.job(11, in: 1)
        for job in [10, 11] as [Int64] { try database.goneArtifact(of: job) }
        if isErased { _ = try catalog.erase(job: 10) } else { _ = try catalog.delete(job: 10) }
        let log = isErased ? ["trace deleted"] : []
        #expect(try database.goneArtifacts(of: 10) == ["archive deleted", "junit deleted"] + log)
        #expect(try database.goneArtifacts(of: 11) == ["archive expired"])
        #expect(try AbsenceCatalog(pool: database.pool).reason(job: 10) == .noArchive)
    }

    struct Erase: Sendable {
        let rows: [Row]
        var status = "success"
        var isLocked = false
        let isErased: Bool
    }

    static let erases =
        JobStatus.allCases.map { status in
            let isErased = [.success, .failed, .canceled, .skipped].contains(status)
            return Erase(rows: [Row("archive", 1), Row("trace", nil)], status: status.rawValue, isErased: isErased)
        } + [
            Erase(rows: [], isErased: false),
            Erase(rows: [Row("trace", nil)], isErased: true),
            Erase(rows: [Row("trace", -1)], isErased: true),
            Erase(rows: [Row("junit", 1), Row("archive", -1)], isErased: true),
            Erase(rows: [Row("archive", -1)], isErased: false),
            Erase(rows: [Row("archive", -1)], isLocked: true, isErased: true),
        ]

    @Test("erase takes all rows of a job that has come to an end and has any", arguments: erases)
    func erase(_ example: Erase) throws {
        try makeJob(example.rows, status: example.status, isLocked: example.isLocked)
        let outcome = try catalog.erase(job: 10)
        let record = try #require(JobCatalog(pool: database.pool).jobs(ids: [10]).first)
        #expect(outcome == (example.isErased ? .erased(record) : .notErasable))
        #expect((record.erasedAt != nil) == example.isErased)
        #expect(try jobExpires() != example.isErased)
        #expect(try types() == (example.isErased ? [] : example.rows.map(\.type).sorted()))
        let gone = example.isErased ? example.rows.map { "\($0.type) deleted" }.sorted() : []
        #expect(try database.goneArtifacts(of: 10) == gone)
        #expect(try catalog.erase(job: 10) == .notErasable, "there is nothing left")
    }

    /// Project, user, last row and progress of all requests.
    private func requests() throws -> [[Int64?]] {
        let sql: SQL = "SELECT project_id, user_id, last_artifact_id FROM artifact_deletions ORDER BY id"
        return try database.connection.query(sql).map { row in
            [try row.int64(0), try row.optionalInt64(1), try row.int64(2)]
        }
    }

    private func newest() throws -> Int64 {
        try database.connection.query("SELECT max(id) FROM artifacts").onlyRow().int64(0)
    }

    @Test("a request to delete a project's artifacts reaches the rows that exist, and one is enough")
    func requestDeletion() throws {
        try catalog.requestDeletion(project: 1, user: 2)
        #expect(try requests() == [], "there is nothing to delete")
        try database.pipeline(1)
        try database.build(10, in: 1)
        let first = try newest()
        try database.pipeline(2, project: 2)
        try database.build(20, in: 2)
        for _ in 1...3 { try catalog.requestDeletion(project: 1, user: 2) }
        #expect(try requests() == [[1, 2, first]])
        try database.build(11, in: 1)
        let second = try newest()
        try catalog.requestDeletion(project: 1, user: nil)
        #expect(try requests() == [[1, 2, first], [1, nil, second]], "a row came in between")
        try database.connection.execute("UPDATE artifact_deletions SET done_through_id = 1")
        try catalog.requestDeletion(project: 1, user: 1)
        #expect(try requests().count == 3, "the sweeper has begun and may have passed rows over")
        try database.connection.execute("UPDATE artifact_deletions SET done_through_id = 0, finished_at = now()")
        try catalog.requestDeletion(project: 1, user: 1)
        #expect(try requests().count == 4)
    }

    @Test("a request that a sweeper holds has begun, and is not waited for")
    func heldRequest() throws {
        try makeJob([Row("archive", 1)])
        try catalog.requestDeletion(project: 1, user: nil)
        let sweeper = try database.second()
        try sweeper.execute("BEGIN; SELECT 1 FROM artifact_deletions FOR UPDATE")
        try catalog.requestDeletion(project: 1, user: nil)
        try sweeper.execute("COMMIT")
        #expect(try requests().count == 2)
    }
}
