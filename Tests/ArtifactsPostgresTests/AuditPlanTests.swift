import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Generic plans of the audit trail")
struct AuditPlanTests {
    typealias Case = QueryPlanTests.Case

    private static func listing(_ order: AuditLog.Order = .newestFirst, _ change: (inout AuditFilter) -> Void) -> String
    {
        var filter = AuditFilter()
        change(&filter)
        let resolved = AuditLog.ResolvedFilter(
            filter: filter,
            projectID: filter.project.flatMap { Int64($0) },
            userID: filter.user.flatMap { Int64($0) }
        )
        return AuditLog.listing(resolved, order, after: nil, limit: 20).text
    }

    private static let arrays = """
        bigint[], bigint[], text[], bigint[], bigint[], bigint[], bigint[], text[], bigint[], text[], text[], bytea[],
        text[], bigint[], text[], text[], bigint[], bigint[]
        """
    private static let event = """
        '{1}', '{1}', '{download}', '{77}', '{1}', '{0}', '{1}', '{a/b}', '{1}', '{archive}', '{"{}"}', '{""}', '{worker}',
        '{200}', '{192.0.2.1}', '{r}', '{-1}', '{0}'
        """
    private static let expired = "timestamptz '2020-01-02', 50"
    private static let key = "bigint, bigint"
    private static let digest = "sha256('content7'), 20"

    static let cases = [
        Case("an event", AuditStatement.insert, arrays, event, rows: 20),
        Case("the names of events' users", AuditStatement.usernames, "bigint[]", "'{7,77}'", rows: 4),
        Case("events past their retention", AuditStatement.removal, "timestamptz, bigint", expired, rows: 300),
        Case("the newest", listing { _ in }, "bigint", "20", rows: 80),
        Case("the oldest", listing(.oldestFirst) { _ in }, "bigint", "20", rows: 80),
        Case("of a project", listing { $0.project = "7" }, key, "7, 20", rows: 80),
        Case("of a user", listing { $0.user = "7" }, key, "7, 20", rows: 80),
        Case("of a job", listing { $0.jobID = 7 }, key, "7, 20", rows: 80),
        Case("of an artifact", listing { $0.digest = [7] }, "bytea, bigint", digest, rows: 80),
    ]

    @Test("reach every row by an index and read few", arguments: cases)
    func plan(_ example: Case) throws {
        let connection = try Connection(conninfo: LoadedDatabase.shared().conninfo)
        let plan = try QueryPlan(connection, example.statement, types: example.types, values: example.values)
        #expect(plan.sequentialScans == [], "\(plan.text)")
        let total = plan.rowsOfNodes.reduce(0, +)
        #expect(total > 0 && total <= example.rows, "\(total) rows\n\(plan.text)")
    }
}
