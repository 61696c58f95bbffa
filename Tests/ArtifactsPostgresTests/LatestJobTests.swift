import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Finding the job by ref")
struct LatestJobTests {
    private let database: Database

    init() throws {
        database = try Database()
    }

    private func job(_ name: String = "build", ref: String = "main", recent: Bool = false) throws -> Int64? {
        let target = ReadTarget.latest(ref: ref, jobName: name, searchesRecentPipelines: recent)
        return try ReadCatalog(pool: database.pool).facts(for: target, in: .id(1), accessToken: nil, jobToken: nil)
            .jobID
    }

    @Test("the newest successful pipeline is the one with the highest number, whatever its times say")
    func newest() throws {
        for id in [3, 1, 2] as [Int64] {
            try database.pipeline(id)
            try database.build(10 * id, in: id)
        }
        try database.connection.execute("UPDATE pipelines SET created_at = now() - id * interval '1 hour'")
        #expect(try job() == 30)
    }

    @Test(
        "a later pipeline that has not succeeded is passed over",
        arguments: ["created", "pending", "running", "failed", "canceling", "canceled", "skipped", "manual"]
    )
    func unsuccessful(status: String) throws {
        try database.pipeline(1)
        try database.build(10, in: 1)
        try database.pipeline(2, status: status)
        try database.build(20, in: 2)
        #expect(try job() == 10)
    }

    @Test("the ref is compared byte for byte, branches and tags alike")
    func ref() throws {
        try database.pipeline(1, ref: "feature/Ä")
        try database.build(10, in: 1)
        try database.connection.execute("UPDATE pipelines SET tag = true")
        #expect(try job(ref: "feature/Ä") == 10)
        #expect(try job(ref: "feature/ä") == nil)
        #expect(try job(ref: "refs/heads/feature/Ä") == nil)
        #expect(try job("Build", ref: "feature/Ä") == nil)
    }

    @Test("the pipelines of another project do not count")
    func otherProject() throws {
        try database.pipeline(1, project: 2)
        try database.build(10, in: 1)
        #expect(try job() == nil)
    }

    @Test(
        "a source that does not count is passed over",
        arguments: [
            "parent_pipeline", "webide", "ondemand_dast_scan", "ondemand_dast_validation",
            "security_orchestration_policy",
        ]
    )
    func dangling(source: String) throws {
        try database.pipeline(1)
        try database.build(10, in: 1)
        try database.pipeline(2, source: source)
        try database.build(20, in: 2)
        #expect(try job() == 10)
    }

    @Test("the parent comes before its child, and older children before younger ones")
    func family() throws {
        try database.pipeline(1)
        try database.pipeline(2, parent: 1)
        try database.pipeline(3, parent: 1)
        try database.pipeline(4, parent: 2)
        try database.build(40, in: 4)
        #expect(try job() == 40, "a grandchild's is found")
        try database.build(30, in: 3)
        #expect(try job() == 30, "the child has the lower number")
        try database.build(50, in: 2)
        #expect(try job() == 50, "the older child's counts though its job is younger")
        try database.build(60, in: 1)
        #expect(try job() == 60)
    }

    @Test("a child that has not succeeded is looked into all the same")
    func failedChild() throws {
        try database.pipeline(1)
        try database.pipeline(2, status: "failed", parent: 1)
        try database.build(20, in: 2)
        #expect(try job() == 20)
    }

    @Test("a downstream pipeline of another project is no child, but may be the latest of its own")
    func downstream() throws {
        try database.pipeline(1)
        try database.pipeline(2, project: 2, source: "pipeline", parent: 1)
        try database.build(20, in: 2)
        #expect(try job() == nil)
        try database.pipeline(3, source: "pipeline", parent: 2, parentProject: 2)
        try database.build(30, in: 3)
        #expect(try job() == 30)
    }

    @Test("of several jobs of one name the newest counts, retried ones never")
    func severalJobs() throws {
        try database.pipeline(1)
        try database.build(12, in: 1, isRetried: true)
        #expect(try job() == nil)
        try database.build(10, in: 1)
        #expect(try job() == 10)
        try database.build(11, in: 1)
        #expect(try job() == 11)
    }

    @Test("the job's own status does not matter")
    func jobStatus() throws {
        try database.pipeline(1)
        try database.build(10, in: 1)
        try database.connection.execute("UPDATE jobs SET status = 'failed', allow_failure = true")
        #expect(try job() == 10)
    }

    struct Rows: Sendable {
        let type: String
        var hours: Int64?
        var isLocked = false
        let counts: Bool
    }

    @Test(
        "only an available row that the API hands out makes a job count",
        arguments: [
            Rows(type: "archive", counts: true), Rows(type: "junit", counts: true),
            Rows(type: "metadata", counts: false), Rows(type: "trace", counts: false),
            Rows(type: "terraform", counts: false), Rows(type: "repository_xray", counts: false),
            Rows(type: "archive", hours: -1, counts: false), Rows(type: "archive", hours: 1, counts: true),
            Rows(type: "archive", hours: -1, isLocked: true, counts: true),
        ]
    )
    func rows(_ rows: Rows) throws {
        try database.pipeline(1, isLocked: rows.isLocked)
        try database.job(10, in: 1)
        #expect(try job() == nil)
        try database.artifact(of: 10, rows.type, expiresInHours: rows.hours)
        #expect(try job() == (rows.counts ? 10 : nil))
    }

    @Test("a newer job without rows leaves the older one of that name to be found")
    func newerWithoutRows() throws {
        try database.pipeline(1)
        try database.build(10, in: 1)
        try database.job(11, in: 1)
        #expect(try job() == 10)
    }

    @Test("an older pipeline is looked into only when asked for")
    func noFallBack() throws {
        try database.pipeline(1)
        try database.build(10, in: 1)
        try database.pipeline(2)
        #expect(try job() == nil)
        #expect(try job(recent: true) == 10)
    }

    @Test("the search goes from the newest of the recent pipelines back, families included")
    func recentOrder() throws {
        for id in [1, 3, 5] as [Int64] {
            try database.pipeline(id)
        }
        try database.pipeline(4, parent: 3)
        try database.build(10, in: 1)
        try database.build(40, in: 4)
        #expect(try job(recent: true) == 40)
        try database.build(31, in: 3)
        #expect(try job(recent: true) == 31)
        try database.build(5, in: 5)
        #expect(try job(recent: true) == 5)
    }

    @Test("the search ends after the hundred newest successful pipelines")
    func recentLimit() throws {
        try database.pipeline(1)
        try database.build(10, in: 1)
        for id in 2...100 as ClosedRange<Int64> { try database.pipeline(id) }
        try database.pipeline(101, status: "failed")
        #expect(try job(recent: true) == 10)
        try database.pipeline(102)
        #expect(try job(recent: true) == nil)
    }
}
