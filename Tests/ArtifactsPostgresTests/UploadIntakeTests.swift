import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("The intake of uploads")
struct UploadIntakeTests {
    private let database: Database
    private let catalog: UploadCatalog
    private static let token = Database.digest(9)

    private struct PlacingFailed: Error {}

    init() throws {
        database = try Database()
        catalog = UploadCatalog(pool: database.pool)
        try database.pipeline(1)
        try database.job(1, in: 1, status: "running")
        try database.connection.query("UPDATE jobs SET token_digest = \(Self.token)")
    }

    private func artifact(
        _ type: FileType = .archive,
        digest: UInt8 = 1,
        size: Int64 = 100,
        expiry: ExpireIn = .after(microseconds: 3_600_000_000),
        isIndexed: Bool = true
    ) -> IncomingArtifact {
        IncomingArtifact(
            jobID: 1,
            token: Self.token,
            type: type,
            filename: "a.zip",
            access: .developer,
            expiry: expiry,
            digest: Database.digest(digest),
            size: size,
            isIndexed: isIndexed
        )
    }

    /// Takes an artifact in.
    ///
    /// - Returns: What became of it, and what had to be placed.
    @discardableResult
    private func takeIn(
        _ artifact: IncomingArtifact,
        fails: Bool = false
    ) throws -> (outcome: UploadCatalog.Outcome, placed: [Contents.Intake]) {
        var placed: [Contents.Intake] = []
        let outcome = try catalog.takeIn(artifact) {
            $0.limits(instanceSize: 1_000, instanceQuota: nil)
        } place: { intake throws(PlacingFailed) in
            placed.append(intake)
            if fails { throw PlacingFailed() }
        }
        return (outcome, placed)
    }

    private func failure(_ artifact: IncomingArtifact, fails: Bool = false) -> IntakeFailure<PlacingFailed>? {
        do {
            try takeIn(artifact, fails: fails)
            return nil
        } catch {
            return error as? IntakeFailure<PlacingFailed>
        }
    }

    private func text(_ sql: SQL) throws -> String { try database.connection.query(sql).onlyRow().text(0) }

    private func counts() throws -> String {
        try text(
            """
            SELECT concat_ws(' ', (SELECT count(*) FROM artifacts), (SELECT count(*) FROM contents),
                             COALESCE((SELECT job_artifacts_size FROM project_statistics WHERE project_id = 1), 0))
            """
        )
    }

    @Test("row, expiry, lock state and usage come together")
    func stored() throws {
        try database.connection.execute("UPDATE pipelines SET locked = true")
        let result = try takeIn(artifact())
        #expect(result.outcome == .stored)
        #expect(result.placed.map(\.isNew) == [true])
        #expect(try counts() == "1 1 100")
        let row = try text(
            """
            SELECT concat_ws(' ', a.file_type, a.file_format, a.filename, a.access, a.locked, a.project_id, a.pipeline_id,
                             a.expire_at - a.created_at, a.expire_at = j.artifacts_expire_at, c.indexed)
            FROM artifacts a JOIN jobs j ON j.id = a.job_id JOIN contents c ON c.id = a.content_id
            """
        )
        #expect(row == "archive zip a.zip developer t 1 1 01:00:00 t t")
    }

    @Test("a log never expires, and leaves the expiry that the job shows alone")
    func log() throws {
        let expiries: SQL = """
            SELECT concat_ws(' ', j.artifacts_expire_at IS NOT NULL, a.expire_at) FROM jobs j
            JOIN artifacts a ON a.job_id = j.id AND a.file_type = 'trace'
            """
        try takeIn(artifact(.trace, digest: 3, isIndexed: false))
        #expect(try text(expiries) == "f")
        try takeIn(artifact())
        try database.connection.execute("DELETE FROM artifacts WHERE file_type = 'trace'")
        try takeIn(artifact(.trace, digest: 4, isIndexed: false))
        #expect(try text(expiries) == "t")
        try takeIn(artifact(.junit, digest: 5, expiry: .never, isIndexed: false))
        #expect(try text(expiries) == "f", "the last upload sets it")
    }

    @Test("the same bytes again change nothing, others are refused")
    func repeated() throws {
        try takeIn(artifact())
        let again = try takeIn(artifact(expiry: .never))
        #expect(again.outcome == .unchanged)
        #expect(again.placed.isEmpty)
        guard case .otherContentExists = failure(artifact(digest: 2)) else {
            Issue.record("other content was taken")
            return
        }
        #expect(try counts() == "1 1 100")
    }

    @Test("bytes that are there are not placed again, but an index that is missing is")
    func shared() throws {
        try takeIn(artifact(.sast, isIndexed: false))
        #expect(try takeIn(artifact(.dast, isIndexed: false)).placed.isEmpty)
        let placed = try takeIn(artifact()).placed
        #expect(placed.map(\.isNew) == [false])
        #expect(placed.map(\.needsIndex) == [true])
        #expect(try counts() == "3 1 300")
    }

    @Test("nothing is left when the bytes find no place")
    func placingFails() throws {
        guard case .placing = failure(artifact(), fails: true) else {
            Issue.record("it was taken")
            return
        }
        #expect(try counts() == "0 0 0")
    }

    @Test("a job that has ended, was erased or has another token is refused")
    func refused() throws {
        for (change, refusal) in [
            ("status = 'success'", UploadRefusal.notRunning(.success)), ("erased_at = now()", .erased),
            ("token_digest = NULL", .unknown),
        ] {
            try database.connection.execute("UPDATE jobs SET \(change)")
            guard case .refused(refusal) = failure(artifact()) else {
                Issue.record("\(change) was not noticed")
                return
            }
            try database.connection.query(
                "UPDATE jobs SET status = 'running', erased_at = NULL, token_digest = \(Self.token)"
            )
        }
        #expect(try counts() == "0 0 0")
    }

    @Test("limits of size and quota are those of the moment, to the byte")
    func limits() throws {
        try database.connection.execute(
            """
            UPDATE projects SET artifacts_quota = 150 WHERE id = 1;
            INSERT INTO artifact_size_limits VALUES (NULL, 'sast', 10), (1, 'sast', 20), (2, 'dast', 1)
            """
        )
        guard case .tooLarge = failure(artifact(size: 1_001)), case .tooLarge = failure(artifact(.sast, size: 21))
        else {
            Issue.record("it was not too large")
            return
        }
        try takeIn(artifact(.sast, size: 20, isIndexed: false))
        guard case .quotaExceeded(let lack) = failure(artifact(.dast, digest: 2, size: 131)) else {
            Issue.record("the quota was exceeded")
            return
        }
        #expect(lack == QuotaExceeded(projectPath: "Top/Sub/App", used: 20, quota: 150))
        try takeIn(artifact(.dast, digest: 2, size: 130))
        #expect(try counts() == "2 2 150")
    }

    @Test("the facts tell a job only to its own token")
    func facts() throws {
        #expect(try catalog.facts(job: 1, token: Database.digest(8), type: nil) == nil)
        #expect(try catalog.facts(job: 2, token: Self.token, type: nil) == nil)
        let facts = try #require(try catalog.facts(job: 1, token: Self.token, type: nil))
        #expect(facts.job == UploadingJob(status: .running))
        #expect(!facts.hasArtifacts)
        #expect(facts.usedBytes == 0)
        try takeIn(artifact())
        let later = try #require(try catalog.facts(job: 1, token: Self.token, type: .archive))
        #expect(later.hasArtifacts)
        #expect(later.usedBytes == 100)
    }
}
