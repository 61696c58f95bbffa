import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Publishing")
struct PublishingTests {
    private let database: Database
    private let catalog: PublishingCatalog

    init() throws {
        database = try Database()
        catalog = PublishingCatalog(pool: database.pool)
    }

    private func job(_ pipeline: Int64, token: UInt8 = 1, retryOf: Int64? = nil) -> NewJob {
        NewJob(
            projectID: 1,
            pipelineID: pipeline,
            name: "build",
            retryOf: retryOf,
            userID: 1,
            tokenDigest: Database.digest(token)
        )
    }

    private func text(_ sql: SQL) throws -> String { try database.connection.query(sql).onlyRow().text(0) }

    @Test("numbers, times and keep-latest are those of the project, whatever a manifest has said")
    func numbers() throws {
        try database.pipeline(50)
        try database.connection.execute("UPDATE pipelines SET created_at = now() + interval '1 day'")
        let made = try catalog.create(NewPipeline(projectID: 1, ref: "main", userID: 2))
        #expect(made.summary.iid == 51)
        #expect(made.user?.id == 2)
        try database.connection.execute("UPDATE projects SET keep_latest_artifact = false WHERE id = 2")
        let loose = try catalog.create(NewPipeline(projectID: 2, ref: "main")).summary.id
        let off = try catalog.create(NewPipeline(projectID: 1, ref: "off", instanceKeepsLatest: false)).summary.id
        let kept = try text(
            """
            SELECT string_agg(keep_latest::text, ',' ORDER BY id) FROM pipelines
            WHERE id IN (\(made.summary.id), \(loose), \(off))
            """
        )
        #expect(kept == "true,false,false")
        let isInOrder = try text(
            """
            SELECT (p.created_at = o.created_at)::text FROM pipelines p, pipelines o
            WHERE o.id = 50 AND p.id = \(made.summary.id)
            """
        )
        #expect(isInOrder == "true")
    }

    @Test("of the same key one pipeline and one job are made, and told of once")
    func keys() throws {
        var told: [Int64] = []
        var wanted = NewPipeline(projectID: 1, ref: "main")
        wanted.key = "api:pipeline"
        let first = try catalog.create(wanted) { _, id in told.append(id) }.summary.id
        let again = try catalog.create(wanted) { _, id in told.append(id) }.summary.id
        #expect(first == again && told == [first])
        var wantedJob = job(first)
        wantedJob.key = "api:job"
        let made = try catalog.create(wantedJob)
        _ = try catalog.finish(pipeline: first, project: 1)
        let found = try catalog.create(wantedJob) { _, _ in Issue.record("told of again") }
        #expect(found.id == made.id)
        let count = try text("SELECT concat((SELECT count(*) FROM jobs WHERE pipeline_id = \(first)))")
        #expect(count == "1")
        wanted.ref = "other"
        #expect(throws: PublishingFailure.self) { try catalog.create(wanted) }
        wantedJob.name = "other"
        #expect(throws: PublishingFailure.self) { try catalog.create(wantedJob) }
    }

    @Test("what is missing is named, and nothing changes")
    func missing() throws {
        let made = try catalog.create(NewPipeline(projectID: 1, ref: "main")).summary.id
        let before = try text("SELECT concat((SELECT count(*) FROM pipelines), ' ', (SELECT count(*) FROM jobs))")
        func failure(_ body: () throws(PublishingFailure) -> Void) -> String {
            do throws(PublishingFailure) { try body() } catch { return "\(error)" }
            return "none"
        }
        #expect(
            failure { () throws(PublishingFailure) in
                _ = try catalog.create(NewPipeline(projectID: 99, ref: "x"))
            } == "noProject"
        )
        #expect(failure { () throws(PublishingFailure) in _ = try catalog.create(job(99)) } == "noPipeline")
        #expect(failure { () throws(PublishingFailure) in _ = try catalog.create(job(99, retryOf: 9)) } == "noPipeline")
        #expect(
            failure { () throws(PublishingFailure) in _ = try catalog.create(job(made, retryOf: 9)) } == "notRetryable"
        )
        #expect(
            failure { () throws(PublishingFailure) in
                _ = try catalog.finish(pipeline: made, project: 2)
            } == "noPipeline"
        )
        #expect(
            failure { () throws(PublishingFailure) in
                _ = try catalog.take(.success, job: 9, token: Database.digest(1), failureReason: nil)
            } == "refused(Artifacts.UploadRefusal.unknown)"
        )
        let after = try text("SELECT concat((SELECT count(*) FROM pipelines), ' ', (SELECT count(*) FROM jobs))")
        #expect(after == before)
    }

    @Test("an upload that waits for the end of its job is refused, and the end waits for an upload")
    func uploadRaces() throws {
        let made = try catalog.create(NewPipeline(projectID: 1, ref: "main")).summary.id
        let id = try catalog.create(job(made)).id
        let race = try database.racing("UPDATE jobs SET status = 'success' WHERE id = \(id)") { pool in
            try PublishingCatalog(pool: pool).take(.failed, job: id, token: Database.digest(1), failureReason: nil)
                .status
        }
        #expect(race.hasWaited)
        guard case .failure(PublishingFailure.refused(.notRunning(.success))) = race.result else {
            Issue.record("\(race.result)")
            return
        }
    }

    @Test("jobs that end at once wait for each other, and the last one ends the pipeline")
    func endsAtOnce() throws {
        let made = try catalog.create(NewPipeline(projectID: 1, ref: "main")).summary.id
        let one = try catalog.create(job(made)).id
        let two = try catalog.create(job(made, token: 2)).id
        _ = try catalog.finish(pipeline: made, project: 1)
        let race = try database.racing(
            """
            UPDATE jobs SET status = 'success' WHERE id = \(one);
            SELECT id FROM projects WHERE id = 1 FOR NO KEY UPDATE
            """
        ) { pool in
            try PublishingCatalog(pool: pool).take(.success, job: two, token: Database.digest(2), failureReason: nil)
                .status
        }
        #expect(race.hasWaited)
        #expect(try race.result.get() == .success)
        #expect(try text("SELECT status FROM pipelines WHERE id = \(made)") == "success")
    }

    @Test("a failing record undoes the change")
    func recording() throws {
        #expect(throws: PublishingFailure.self) {
            try catalog.create(NewPipeline(projectID: 1, ref: "main")) { connection, _ throws(PostgresError) in
                try connection.query("SELECT 1 / 0")
            }
        }
        #expect(try text("SELECT count(*)::text FROM pipelines") == "0")
    }

    @Test(
        "statuses and locks equal their definitions after any sequence of requests",
        arguments: 1...8 as ClosedRange<UInt64>
    )
    func definitions(seed: UInt64) throws {
        var history = PublishingHistory(database, seed: seed)
        for step in 1...60 {
            let event = try history.advance()
            let (stored, defined) = try history.state()
            try #require(stored == defined, "seed \(seed), step \(step), \(event)")
        }
    }
}

/// Random requests of publishing clients and runners in one project.
private struct PublishingHistory {
    private let database: Database
    private let catalog: PublishingCatalog
    private var random: SplitMix
    private var nextToken: Int64 = 1

    init(_ database: Database, seed: UInt64) {
        self.database = database
        catalog = PublishingCatalog(pool: database.pool)
        random = SplitMix(state: seed)
    }

    mutating func advance() throws -> String {
        let pipelines = try numbers("SELECT id FROM pipelines ORDER BY id")
        guard let pipeline = pipelines.randomElement(using: &random), !chance(20) else { return try create(pipelines) }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2:
            _ = try catalog.finish(pipeline: pipeline, project: 1)
            return "pipeline \(pipeline) is finished"
        case 2..<6: return try createJob(pipeline)
        default: return try report()
        }
    }

    private mutating func create(_ pipelines: [Int64]) throws -> String {
        let parent = chance(30) ? pipelines.randomElement(using: &random) : nil
        let pipeline = NewPipeline(
            projectID: 1,
            ref: chance(70) ? "main" : "v1",
            isTag: chance(20),
            source: chance(10) ? "webide" : "api",
            parent: parent.map { NewPipeline.Parent(id: $0, projectID: 1) },
            instanceKeepsLatest: chance(80)
        )
        let made = try catalog.create(pipeline).summary.id
        return "pipeline \(made) with the parent \(parent ?? 0)"
    }

    private mutating func createJob(_ pipeline: Int64) throws -> String {
        let earlier = try numbers("SELECT id FROM jobs WHERE pipeline_id = \(pipeline) AND NOT retried ORDER BY id")
        let retried = chance(40) ? earlier.randomElement(using: &random) : nil
        let job = NewJob(
            projectID: 1,
            pipelineID: pipeline,
            name: "build",
            allowsFailure: chance(25),
            isPending: chance(25),
            retryOf: retried,
            tokenDigest: digest(nextToken)
        )
        nextToken += 1
        do {
            let made = try catalog.create(job).id
            try database.connection.query(
                "UPDATE jobs SET declared_times = jsonb_build_object('n', \(nextToken - 1)) "
                    + "WHERE id = \(made)"
            )
            if chance(50) { try database.artifact(of: made) }
            return "job \(made) of \(pipeline) in the place of \(retried ?? 0)"
        } catch PublishingFailure.pipelineFinished {
            return "no job of \(pipeline)"
        }
    }

    private func made(_ job: NewJob) throws -> Int64? {
        do {
            return try catalog.create(job).id
        } catch {
            guard case .pipelineFinished = error else { throw error }
            return nil
        }
    }

    private mutating func report() throws -> String {
        let jobs = try numbers("SELECT id FROM jobs ORDER BY id")
        guard let job = jobs.randomElement(using: &random) else { return "nothing" }
        let report = JobReport.allCases[Int.random(in: 0..<3, using: &random)]
        if chance(15) {
            try database.connection.query(
                """
                UPDATE jobs SET status = 'canceling' WHERE id = \(job) AND status = 'running'
                  AND EXISTS (SELECT 1 FROM pipelines WHERE id = pipeline_id AND open)
                """
            )
        }
        let token = try numbers("SELECT (declared_times->>'n')::int8 FROM jobs WHERE id = \(job)").first ?? 0
        return try take(report, job, digest(token))
    }

    private func take(_ report: JobReport, _ job: Int64, _ token: [UInt8]) throws -> String {
        do {
            let outcome = try catalog.take(report, job: job, token: token, failureReason: nil)
            return "job \(job) said \(report): \(outcome.status)"
        } catch {
            guard case .refused(.notRunning) = error else { throw error }
            return "job \(job) may not say \(report)"
        }
    }

    /// The status of each pipeline and whether it is locked, as stored and as the rules say.
    func state() throws -> (stored: [String], defined: [String]) {
        var rule: [LockRule.Pipeline] = []
        var stored: [String] = []
        for row in try database.connection.query(
            """
            SELECT p.id, p.ref, p.tag, p.status, p.dangling, p.parent_id, p.keep_latest, p.locked, p.open,
                   COALESCE((SELECT bool_or(a.locked <> p.locked) FROM artifacts a WHERE a.pipeline_id = p.id), false)
            FROM pipelines p ORDER BY p.id
            """
        ) {
            let id = try row.int64(0)
            let status = try row.bool(8) ? PipelineStatus.running : PipelineStatus(jobs: outcomes(of: id))
            let pipeline = LockRule.Pipeline(
                id: id,
                ref: try row.text(1),
                isTag: try row.bool(2),
                status: status,
                isDangling: try row.bool(4),
                parentID: try row.optionalInt64(5),
                keepLatest: try row.bool(6)
            )
            rule.append(pipeline)
            let differs = try row.bool(9) ? ", its artifacts are not" : ""
            stored.append("\(id) \(try row.text(3)) \(try row.bool(7))\(differs)")
        }
        let locked = LockRule.locked(rule)
        return (stored, rule.map { "\($0.id) \($0.status.rawValue) \(locked.contains($0.id))" })
    }

    private func outcomes(of pipeline: Int64) throws -> [JobOutcome] {
        try database.connection.query(
            "SELECT status, allow_failure FROM jobs WHERE pipeline_id = \(pipeline) AND NOT retried"
        ).map { JobOutcome(status: try $0.choice(0, of: JobStatus.self), allowFailure: try $0.bool(1)) }
    }

    private func numbers(_ sql: SQL) throws -> [Int64] { try database.connection.query(sql).map { try $0.int64(0) } }

    private func digest(_ number: Int64) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 31) + [UInt8(truncatingIfNeeded: number >> 8)]
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
}
