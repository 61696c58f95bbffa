import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Why there is nothing to read")
struct AbsenceTests {
    private let database: Database

    init() throws {
        database = try Database()
    }

    private func ofJob(_ id: Int64 = 10, _ type: FileType = .archive) throws -> AbsenceReason? {
        try AbsenceCatalog(pool: database.pool).reason(job: id, fileType: type)
    }

    private func ofRef(_ name: String = "build", _ type: FileType = .archive) throws -> AbsenceReason? {
        try AbsenceCatalog(pool: database.pool).reason(project: 1, ref: "main", jobName: name, fileType: type)
    }

    struct Case: Sendable {
        let reason: AbsenceReason?
        var rows: [(type: String, hours: Int64?)] = []
        var gone: [(type: String, expired: Bool)] = []
        var change = "SELECT 1"
    }

    static let cases = [
        Case(reason: .noArchive),
        Case(reason: .noArchive, rows: [("trace", nil), ("metadata", nil)]),
        Case(reason: .expired, rows: [("archive", -1)]),
        Case(reason: .expired, rows: [("archive", -1), ("junit", nil)]),
        Case(reason: .reportsOnly, rows: [("junit", nil), ("trace", nil)]),
        Case(reason: .expired, rows: [("junit", -1)]),
        Case(reason: .expired, gone: [("archive", true)]),
        Case(reason: .expired, rows: [("junit", nil), ("trace", nil)], gone: [("archive", true)]),
        Case(reason: .expired, gone: [("junit", true)]),
        Case(reason: .noArchive, gone: [("metadata", true)]),
        Case(reason: .noArchive, gone: [("archive", false), ("junit", false)]),
        Case(reason: .reportsOnly, rows: [("sast", nil)], gone: [("junit", true)]),
        Case(reason: .reportsOnly, rows: [("sast", nil)], gone: [("archive", false), ("junit", true)]),
        Case(reason: .expired, change: "UPDATE jobs SET artifacts_expire_at = now() - interval '1 hour'"),
        Case(reason: .noArchive, change: "UPDATE jobs SET artifacts_expire_at = now() + interval '1 hour'"),
        Case(
            reason: .expired,
            rows: [("archive", -1)],
            change: """
                UPDATE jobs SET artifacts_expire_at = now() - interval '1 hour';
                DELETE FROM artifacts WHERE expire_at <= now();
                """
        ),
        Case(
            reason: .noArchive,
            change: "UPDATE jobs SET artifacts_expire_at = now() - interval '1 hour', erased_at = now()"
        ),
        Case(
            reason: .reportsOnly,
            rows: [("junit", nil)],
            change: "UPDATE jobs SET artifacts_expire_at = now() - interval '1 hour'"
        ),
    ]

    private func prepare(_ example: Case) throws {
        for row in example.rows { try database.artifact(of: 10, row.type, expiresInHours: row.hours) }
        for type in example.gone { try database.goneArtifact(of: 10, type.type, isExpired: type.expired) }
        try database.connection.execute(example.change)
    }

    @Test(
        "the rows of the job tell, and those that have gone; before these were noted, the job's expiry",
        arguments: cases
    )
    func reasons(_ example: Case) throws {
        try database.pipeline(1)
        try database.job(10, in: 1)
        try prepare(example)
        #expect(try ofJob() == example.reason)
        #expect(try ofRef() == example.reason)
    }

    static let reportCases = [
        Case(reason: .noArchive),
        Case(reason: .noArchive, rows: [("trace", nil), ("metadata", nil)]),
        Case(reason: .expired, rows: [("junit", -1)]),
        Case(reason: .expired, rows: [("junit", -1), ("archive", nil)]),
        Case(reason: nil, rows: [("archive", nil)]),
        Case(reason: nil, rows: [("sast", nil)]),
        Case(reason: .expired, rows: [("archive", -1)]),
        Case(reason: .expired, rows: [("archive", nil)], gone: [("junit", true)]),
        Case(reason: nil, rows: [("archive", nil)], gone: [("junit", false)]),
        Case(reason: nil, rows: [("archive", nil)], gone: [("sast", true)]),
        Case(reason: .expired, gone: [("archive", true)]),
        Case(reason: .expired, change: "UPDATE jobs SET artifacts_expire_at = now() - interval '1 hour'"),
    ]

    @Test("a report that a job with other artifacts never had has no reason", arguments: reportCases)
    func missingReport(_ example: Case) throws {
        try database.pipeline(1)
        try database.job(10, in: 1)
        try prepare(example)
        #expect(try ofJob(10, .junit) == example.reason)
        #expect(try ofRef("build", .junit) == example.reason)
    }

    @Test("a job that is not there has no reason")
    func noJob() throws {
        #expect(try ofJob() == nil)
    }

    @Test("without a successful pipeline nothing else matters")
    func noPipeline() throws {
        #expect(try ofRef() == .noSuccessfulPipeline)
        try database.pipeline(1, status: "failed")
        try database.pipeline(2, source: "webide")
        try database.pipeline(3, project: 2)
        try database.pipeline(4, ref: "other")
        try database.build(10, in: 1)
        #expect(try ofRef() == .noSuccessfulPipeline)
    }

    @Test("a job that is not in the latest pipeline or its children is told so")
    func noJobInPipeline() throws {
        try database.pipeline(1)
        try database.build(10, in: 1)
        try database.pipeline(2)
        #expect(try ofRef() == .jobNotInPipeline)
        try database.job(20, in: 2, isRetried: true)
        #expect(try ofRef() == .jobNotInPipeline)
        try database.pipeline(3, parent: 2)
        try database.job(30, in: 3)
        #expect(try ofRef() == .noArchive)
        try database.artifact(of: 30, expiresInHours: -1)
        #expect(try ofRef() == .expired)
    }
}
