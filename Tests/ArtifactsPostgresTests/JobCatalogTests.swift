import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("What is shown of jobs")
struct JobCatalogTests {
    private let database: Database

    init() throws {
        database = try Database()
        try database.pipeline(1, ref: "v1")
        try database.job(10, in: 1)
    }

    private func jobs(_ ids: [Int64]) throws -> [JobRecord] { try JobCatalog(pool: database.pool).jobs(ids: ids) }

    private func job() throws -> JobRecord { try #require(jobs([10]).first) }

    @Test("jobs come in the order that was asked for, and what is not there is left out")
    func order() throws {
        try database.pipeline(2, project: 2)
        for id in [11, 12, 20] as [Int64] { try database.job(id, in: id < 20 ? 1 : 2) }
        #expect(try jobs([12, 20, 99, 10, 11]).map(\.id) == [12, 20, 10, 11])
        #expect(try jobs([12, 20]).map(\.project.path) == ["Top/Sub/App", "Partner/Lib"])
        #expect(try jobs([]).isEmpty)
        #expect(try jobs([99]).isEmpty)
    }

    @Test("a job shows what is known of it, its pipeline, its user and its project")
    func fields() throws {
        try database.connection.execute(
            """
            UPDATE users SET name = 'Ann B', kind = 'project_bot', state = 'blocked', created_at = 'epoch' WHERE id = 1;
            UPDATE projects SET job_token_outbound_enabled = true WHERE id = 1;
            UPDATE pipelines SET iid = 7, tag = true, sha = '0123456789', source = 'web', status = 'running',
                                 created_at = 'epoch', updated_at = '1970-01-01T00:00:01Z';
            UPDATE jobs SET user_id = 1, stage = 'build', status = 'failed', coverage = 81.5, allow_failure = true,
                            failure_reason = 'script_failure', tags = '{a,b}', created_at = '1970-01-01T00:00:10Z',
                            started_at = '1970-01-01T00:00:12.5Z', finished_at = '1970-01-01T00:00:20.75Z',
                            erased_at = '1970-01-01T00:00:30Z', artifacts_expire_at = '1970-01-01T00:00:40Z';
            """
        )
        let expected = JobRecord(
            id: 10,
            status: .failed,
            stage: "build",
            name: "build",
            coverage: 81.5,
            allowFailure: true,
            createdAt: 10_000_000,
            startedAt: 12_500_000,
            finishedAt: 20_750_000,
            erasedAt: 30_000_000,
            duration: 8.25,
            queuedDuration: 2.5,
            failureReason: "script_failure",
            artifactsExpireAt: 40_000_000,
            tags: ["a", "b"],
            user: JobRecord.User(id: 1, username: "ann", name: "Ann B", state: .blocked, isBot: true, createdAt: 0),
            pipeline: JobRecord.Pipeline(
                id: 1,
                iid: 7,
                ref: "v1",
                isTag: true,
                sha: "0123456789",
                source: "web",
                status: .running,
                createdAt: 0,
                updatedAt: 1_000_000
            ),
            project: JobRecord.Project(id: 1, path: "Top/Sub/App", limitsOutboundTokens: true),
            artifacts: []
        )
        #expect(try job() == expected)
    }

    @Test("what is not known of a job is nil")
    func unknown() throws {
        let job = try job()
        #expect(job.user == nil)
        #expect(job.coverage == nil && job.startedAt == nil && job.finishedAt == nil && job.erasedAt == nil)
        #expect(job.duration == nil && job.queuedDuration == nil && job.failureReason == nil)
        #expect(job.artifactsExpireAt == nil && job.tags == [])
    }

    @Test("a running job's duration grows, and a pending one queues")
    func durations() throws {
        try database.connection.execute(
            "UPDATE jobs SET status = 'running', created_at = now() - interval '9 s', started_at = now() - interval '5 s'"
        )
        #expect(try #require(job().duration) >= 5)
        #expect(try #require(job().queuedDuration) == 4)
        try database.connection.execute("UPDATE jobs SET status = 'pending', started_at = NULL")
        #expect(try job().duration == nil)
        #expect(try #require(job().queuedDuration) >= 9)
        try database.connection.execute("UPDATE jobs SET started_at = now() + interval '1 h', finished_at = now()")
        #expect(try job().duration == 0, "clocks of runners differ")
    }

    @Test("the rows that are available are shown, the oldest first", arguments: [false, true])
    func artifacts(isLocked: Bool) throws {
        for (type, hours) in [("trace", nil), ("junit", -1), ("archive", 1), ("metadata", 0)] as [(String, Int64?)] {
            try database.artifact(of: 10, type, expiresInHours: hours)
        }
        if isLocked { try database.connection.execute("UPDATE pipelines SET locked = true") }
        let all = [FileType.trace, .junit, .archive, .metadata].map {
            JobRecord.Artifact(type: $0, size: 7, filename: $0.rawValue + ".bin")
        }
        #expect(try job().artifacts == (isLocked ? all : [all[0], all[2]]))
    }
}
