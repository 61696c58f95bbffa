import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Generic plans of sweeping on a large database")
struct SweepingPlanTests {
    private static let ids = "'{" + stride(from: 5, to: 1000, by: 10).map(String.init).joined(separator: ",") + "}'"
    private static let window = "1, 500, 600"

    static let cases = [
        QueryPlanTests.Case(
            "a batch of expired rows",
            ExpirySweep.batch,
            "timestamptz, bigint, bigint",
            "'-infinity', 0, 100",
            rows: 1200
        ),
        QueryPlanTests.Case(
            "a batch of expired rows behind others",
            ExpirySweep.batch,
            "timestamptz, bigint, bigint",
            "now() - interval '5 hours', 100, 100",
            rows: 1200
        ),
        QueryPlanTests.Case("whether deletions are open", ArtifactDeletions.open, "", "", rows: 10),
        QueryPlanTests.Case("whose turn it is", ArtifactDeletions.turn, "bigint, bigint[]", "3, '{}'", rows: 400),
        QueryPlanTests.Case(
            "a window of a project's rows",
            ArtifactDeletions.window,
            "bigint, bigint, bigint, bigint",
            "1, 500, 200000, 100",
            rows: 500
        ),
        QueryPlanTests.Case(
            "the jobs of a window",
            ArtifactDeletions.showExpiry,
            "bigint, bigint, bigint, bigint",
            "\(window), 200000",
            rows: 1500
        ),
        QueryPlanTests.Case(
            "the rows of a window",
            ArtifactDeletions.delete,
            "bigint, bigint, bigint",
            window,
            rows: 1000
        ),
        QueryPlanTests.Case(
            "progress",
            ArtifactDeletions.advance,
            "bigint, bigint, boolean",
            "3, 600, false",
            rows: 10
        ),
        QueryPlanTests.Case(
            "the next releases",
            ContentRemoval.due,
            "timestamptz, bigint, bigint, bigint",
            "'-infinity', 0, 60, 100",
            rows: 500
        ),
        QueryPlanTests.Case("locking contents", ContentRemoval.hold, "bigint[]", ids, rows: 800),
        QueryPlanTests.Case("noticing releases", ContentRemoval.notice, "bigint", "1000", rows: 4000),
        QueryPlanTests.Case("condemning", ContentRemoval.condemn, "bigint[], bigint", "\(ids), 60", rows: 1000),
        QueryPlanTests.Case(
            "settling releases",
            ContentRemoval.settle,
            "bigint[], bigint[]",
            "\(ids), \(ids)",
            rows: 1500
        ),
        QueryPlanTests.Case(
            "what was left condemned",
            ContentRemoval.retry,
            "timestamptz, bigint",
            "NULL, 100",
            rows: 1500
        ),
        QueryPlanTests.Case("what is gone", ContentRemoval.finish, "bigint[]", "'{20001, 20002, 20003}'", rows: 50),
        QueryPlanTests.Case("the youngest release", SweepBacklog.youngest, "bigint", "3", rows: 10),
        QueryPlanTests.Case("a project by its path", RefDeletion.project, "text", "'old/7'", rows: 20),
        QueryPlanTests.Case(
            "the pipelines of a ref",
            RefDeletion.mark,
            "bigint, boolean, text",
            "5, false, 'main'",
            rows: 300
        ),
        QueryPlanTests.Case("refs with locks", LockRepair.refs, "bigint, boolean, text", "0, false, ''", rows: 1000),
        QueryPlanTests.Case("known contents", ContentInventory.known, "bigint[]", ids, rows: 400),
        QueryPlanTests.Case(
            "a page of contents",
            ContentInventory.page,
            "bigint, bigint, bigint",
            "1000, 0, 100",
            rows: 1500
        ),
    ]

    @Test("reach every table by an index and read few rows", arguments: cases)
    func plan(_ example: QueryPlanTests.Case) throws {
        let connection = try Connection(conninfo: LoadedDatabase.shared().conninfo)
        let plan = try QueryPlan(connection, example.statement, types: example.types, values: example.values)
        #expect(plan.sequentialScans == [], "\(plan.text)")
        #expect(plan.rowsOfNodes.allSatisfy { $0 <= 1000 }, "\(plan.text)")
        let total = plan.rowsOfNodes.reduce(0, +)
        #expect(total > 0 && total <= example.rows, "\(total) rows\n\(plan.text)")
    }
}
