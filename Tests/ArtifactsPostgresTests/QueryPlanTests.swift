import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Generic plans on a large database")
struct QueryPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statement: String
        let types: String
        let values: String
        /// The most rows that all nodes together may handle.
        let rows: Double

        init(_ description: String, _ statement: Statement, _ types: String, _ values: String, rows: Double) {
            self.init(description, statement.text, types, values, rows: rows)
        }

        init(_ description: String, _ statement: String, _ types: String, _ values: String, rows: Double) {
            testDescription = description
            self.statement = statement
            self.types = types
            self.values = values
            self.rows = rows
        }
    }

    private static let access = "sha256('token77'), NULL"
    private static let job = "NULL, sha256('job200000')"
    private static let byID = "bytea, bytea, bigint, text, bigint"
    private static let byRef = "bytea, bytea, bigint, text, text, text"
    private static let locks = PipelineLocks.update([PipelineRef(projectID: 1, isTag: false, name: "main")]).text

    private static func audit(_ order: AuditLog.Order, _ change: (inout AuditFilter) -> Void) -> String {
        var filter = AuditFilter()
        change(&filter)
        let resolved = AuditLog.ResolvedFilter(
            filter: filter,
            projectID: filter.project.flatMap { Int64($0) },
            userID: filter.user.flatMap { Int64($0) }
        )
        return AuditLog.listing(resolved, order, after: nil, limit: 20).text
    }

    private static let auditEvent = """
        '{1}', '{1}', '{download}', '{77}', '{1}', '{0}', '{1}', '{a/b}', '{1}', '{archive}', '{"{}"}', '{""}', '{worker}',
        '{200}', '{192.0.2.1}', '{r}'
        """
    private static let auditTypes = """
        bigint[], bigint[], text[], bigint[], bigint[], bigint[], bigint[], text[], bigint[], text[], text[], bytea[],
        text[], bigint[], text[], text[]
        """
    private static let auditCases = [
        Case("an audit event", AuditStatement.insert, auditTypes, auditEvent, rows: 20),
        Case(
            "audit events past their retention",
            AuditStatement.removal,
            "timestamptz, bigint",
            "timestamptz '2020-01-02', 50",
            rows: 300
        ),
        Case("the newest audit events", audit(.newestFirst) { _ in }, "bigint", "20", rows: 80),
        Case("the oldest audit events", audit(.oldestFirst) { _ in }, "bigint", "20", rows: 80),
        Case(
            "audit events of a project",
            audit(.newestFirst) { $0.project = "7" },
            "bigint, bigint",
            "7, 20",
            rows: 80
        ),
        Case("audit events of a user", audit(.newestFirst) { $0.user = "7" }, "bigint, bigint", "7, 20", rows: 80),
        Case("audit events of a job", audit(.newestFirst) { $0.jobID = 7 }, "bigint, bigint", "7, 20", rows: 80),
        Case(
            "audit events of an artifact",
            audit(.newestFirst) { $0.digest = [7] },
            "bytea, bigint",
            "sha256('content7'), 20",
            rows: 80
        ),
    ]

    static let cases =
        [
            Case("a job, access token", ReadStatement.byJobID, byID, "\(access), 1, NULL, 77", rows: 150),
            Case("a job, job token", ReadStatement.byJobID, byID, "\(job), 1, NULL, 77", rows: 150),
            Case("a job, anonymous", ReadStatement.byJobID, byID, "NULL, NULL, NULL, 'group8/project1', 77", rows: 150),
            Case("a job, previous path", ReadStatement.byJobID, byID, "\(access), NULL, 'old/1', 77", rows: 150),
            Case("the latest job", ReadStatement.latest, byRef, "\(access), 1, NULL, 'main', 'job3'", rows: 150),
            Case(
                "the latest job of a family",
                ReadStatement.latest,
                byRef,
                "\(job), 5, NULL, 'main', 'job3'",
                rows: 150
            ),
            Case(
                "the latest job, no such name",
                ReadStatement.latest,
                byRef,
                "\(access), 1, NULL, 'main', 'x'",
                rows: 150
            ),
            Case("the latest job, no such ref", ReadStatement.latest, byRef, "\(access), 1, NULL, 'x', 'x'", rows: 150),
            Case("a recent job", ReadStatement.recent, byRef, "\(access), 1, NULL, 'main', 'job3'", rows: 150),
            Case(
                "a recent job, no such name",
                ReadStatement.recent,
                byRef,
                "\(access), 1, NULL, 'main', 'x'",
                rows: 1500
            ),
            Case("why a job has nothing", AbsenceCatalog.ofJob, "bigint", "77", rows: 20),
            Case("why a ref has nothing", AbsenceCatalog.ofRef, "bigint, text, text", "1, 'main', 'x'", rows: 20),
            Case("why a family has nothing", AbsenceCatalog.ofRef, "bigint, text, text", "5, 'main', 'job3'", rows: 30),
            Case(
                "locks of a ref",
                locks,
                "bigint[], bigint[], text[], bigint[]",
                "'{1}', '{0}', '{main}', '{}'",
                rows: 3500
            ),
            Case(
                "locks of a family",
                locks,
                "bigint[], bigint[], text[], bigint[]",
                "'{5}', '{0}', '{main}', '{}'",
                rows: 200
            ),
            Case(
                "locks of no ref",
                locks,
                "bigint[], bigint[], text[], bigint[]",
                "'{5}', '{1}', '{x}', '{}'",
                rows: 50
            ),
        ] + auditCases

    @Test("reach every table by an index and read few rows", arguments: cases)
    func plan(_ example: Case) throws {
        let connection = try Connection(conninfo: LoadedDatabase.shared().conninfo)
        let plan = try QueryPlan(connection, example.statement, types: example.types, values: example.values)
        #expect(plan.sequentialScans == [], "\(plan.text)")
        #expect(plan.rowsOfNodes.allSatisfy { $0 <= 1000 }, "\(plan.text)")
        let total = plan.rowsOfNodes.reduce(0, +)
        #expect(total > 0 && total <= example.rows, "\(total) rows\n\(plan.text)")
    }
}
