import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("The deletion of a ref")
struct RefDeletionTests {
    private let database: Database

    init() throws {
        database = try Database()
        try database.connection.execute(
            "INSERT INTO redirect_routes (path_key, path, project_id) VALUES ('old/app', 'Old/App', 1), ('alone', 'Alone', 1)"
        )
        try database.pipeline(1, status: "success", isLocked: true)
        try database.pipeline(2, status: "failed", isLocked: true)
        try database.pipeline(3, ref: "other", isLocked: true)
        try database.pipeline(4, ref: "child", source: "parent_pipeline", parent: 1, isLocked: true)
        try database.pipeline(5, ref: "child", isLocked: true)
        for id in 1...5 as ClosedRange<Int64> { try database.build(id, in: id) }
    }

    private func delete(_ project: String, _ ref: String = "main", isTag: Bool = false) throws -> RefDeletion.Outcome? {
        try RefDeletion.record(database.pool, project: project, isTag: isTag, ref: ref)
    }

    private func locked() throws -> [Int64] {
        try database.connection.query("SELECT pipeline_id FROM artifacts WHERE locked ORDER BY 1").map {
            try $0.int64(0)
        }
    }

    @Test(
        "unlocks its pipelines; others keep their locks by the rule",
        arguments: ["Top/Sub/App", "tOP/sub/aPP", "old/APP"]
    )
    func unlocks(path: String) throws {
        let outcome = try delete(path)
        #expect(outcome == RefDeletion.Outcome(project: "Top/Sub/App", pipelines: 2, unlocked: 2))
        // Pipeline 4 is the child of 1, which is the newest success of its ref still, deleted or not.
        #expect(try locked() == [3, 4, 5])
        #expect(try delete(path)?.pipelines == 0, "a second time changes nothing")
    }

    @Test("a live path wins over a previous one")
    func livePath() throws { #expect(try delete("alone")?.project == "Alone") }

    @Test("tags and branches of a name are apart")
    func tag() throws {
        #expect(try delete("top/sub/app", isTag: true)?.pipelines == 0)
        #expect(try locked() == [1, 2, 3, 4, 5])
    }

    @Test("there must be such a project", arguments: ["", "nope", "top", "top/sub"])
    func unknown(path: String) throws { #expect(try delete(path) == nil) }

    @Test("a pipeline that comes later locks as usual, and frees what only the deleted ones held")
    func later() throws {
        _ = try delete("top/sub/app")
        try database.pipeline(6, status: "success")
        try database.build(6, in: 6)
        let main = PipelineRef(projectID: 1, isTag: false, name: "main")
        _ = try database.connection.transaction { connection throws(PostgresError) in
            try PipelineLocks.recompute(connection, refs: [main])
        }
        #expect(try locked() == [3, 5, 6], "pipeline 4 was locked for the sake of 1 on another ref")
    }
}
