import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Pipelines as the API shows them")
struct PipelineCatalogTests {
    private let database: Database
    private let catalog: PipelineCatalog

    init() throws {
        database = try Database()
        catalog = PipelineCatalog(pool: database.pool)
    }

    private func page(_ filter: PipelineFilter, limit: Int64 = 100, offset: Int64 = 0) throws -> ListPage {
        try catalog.page(project: 1, filter, ListWindow(limit: limit, offset: offset))
    }

    struct Case: Sendable {
        let filter: PipelineFilter
        let ids: [Int64]
    }

    /// 1 main success, 2 tag-like ref failed, 3 main running, 4 a child of 3, 5 of another project's pipeline.
    private func pipelines() throws {
        try database.pipeline(1)
        try database.pipeline(2, ref: "feat/x", status: "failed")
        try database.pipeline(3, status: "running")
        try database.pipeline(4, source: "parent_pipeline", parent: 3)
        try database.pipeline(6, project: 2)
        try database.pipeline(5, source: "pipeline", parent: 6, parentProject: 2)
        try database.connection.execute(
            """
            UPDATE pipelines SET sha = 'abcdef1', updated_at = '2020-01-01' WHERE id = 2;
            UPDATE pipelines SET user_id = 1 WHERE id IN (1, 3)
            """
        )
    }

    @Test(
        "a list holds what is asked for, children only by name",
        arguments: [
            Case(filter: PipelineFilter(), ids: [5, 3, 2, 1]),
            Case(filter: PipelineFilter(isAscending: true), ids: [1, 2, 3, 5]),
            Case(filter: PipelineFilter(ref: "main"), ids: [5, 3, 1]),
            Case(filter: PipelineFilter(ref: "Main"), ids: []),
            Case(filter: PipelineFilter(sha: "abcdef1"), ids: [2]),
            Case(filter: PipelineFilter(statuses: [.running]), ids: [3]),
            Case(filter: PipelineFilter(statuses: [.running, .failed]), ids: [3, 2]),
            Case(filter: PipelineFilter(statuses: []), ids: []),
            Case(filter: PipelineFilter(source: "parent_pipeline"), ids: [4]),
            Case(filter: PipelineFilter(ref: "main", statuses: [.success]), ids: [5, 1]),
            Case(filter: PipelineFilter(order: .ref), ids: [5, 3, 1, 2]),
            Case(filter: PipelineFilter(order: .status, isAscending: true), ids: [2, 3, 1, 5]),
            Case(filter: PipelineFilter(order: .updatedAt, isAscending: true), ids: [2, 1, 3, 5]),
            Case(filter: PipelineFilter(order: .userID), ids: [3, 1, 5, 2]),
        ]
    )
    func lists(example: Case) throws {
        try pipelines()
        #expect(try page(example.filter) == ListPage(ids: example.ids, total: Int64(example.ids.count)))
        let part = try page(example.filter, limit: 2, offset: 1)
        #expect(part.ids == Array(example.ids.dropFirst().prefix(2)))
        #expect(part.total == Int64(example.ids.count))
    }

    @Test("summaries come in the order that is asked for, without what does not exist")
    func summaries() throws {
        try pipelines()
        let found = try catalog.summaries(ids: [2, 99, 6, 1])
        #expect(found.map(\.id) == [2, 6, 1])
        #expect(found.first?.ref == "feat/x")
        #expect(found.first?.status == .failed)
        #expect(try catalog.summaries(ids: []).isEmpty)
    }

    @Test("a pipeline is found in its own project only")
    func belonging() throws {
        try pipelines()
        #expect(try catalog.has(1, project: 1))
        #expect(try !catalog.has(6, project: 1))
        #expect(try !catalog.has(0, project: 1))
        #expect(try catalog.pipeline(6, project: 1) == nil)
        #expect(try catalog.pipeline(6, project: 2)?.summary.id == 6)
    }

    @Test("times, duration, coverage and user follow from the jobs that were not replaced")
    func details() throws {
        try database.pipeline(1)
        for id in Int64(1)...5 { try database.job(id, in: 1, isRetried: id == 5) }
        try database.connection.execute(
            """
            UPDATE pipelines SET created_at = '2026-01-01T00:00:00Z' WHERE id = 1;
            UPDATE jobs SET started_at = '2026-01-01T00:00:05Z', finished_at = '2026-01-01T00:01:05Z', coverage = 50 WHERE id = 1;
            UPDATE jobs SET started_at = '2026-01-01T00:00:35Z', finished_at = '2026-01-01T00:01:35Z', coverage = 51 WHERE id = 2;
            UPDATE jobs SET started_at = '2026-01-01T01:00:00Z', finished_at = '2026-01-01T01:00:10Z', user_id = 2 WHERE id = 3;
            UPDATE jobs SET started_at = '2026-01-01T02:00:00Z', finished_at = '2026-01-01T01:00:00Z' WHERE id = 4;
            UPDATE jobs SET started_at = '2020-01-01', finished_at = '2030-01-01', coverage = 1, user_id = 1 WHERE id = 5;
            """
        )
        let epoch: Int64 = 1_767_225_600_000_000
        let found = try #require(try catalog.pipeline(1, project: 1))
        #expect(found.startedAt == epoch + 5_000_000)
        #expect(found.finishedAt == epoch + 3_610_000_000)
        #expect(found.duration == 100)
        #expect(found.queuedDuration == 5)
        #expect(found.coverage == "50.50")
        #expect(found.user?.username == "bob")
    }

    @Test("a pipeline that is not finished has no end and no duration, one without jobs has nothing")
    func unfinished() throws {
        try database.pipeline(1, status: "running")
        try database.job(1, in: 1)
        try database.connection.execute("UPDATE jobs SET started_at = now(), finished_at = now() + interval '1 s'")
        let running = try #require(try catalog.pipeline(1, project: 1))
        #expect(running.startedAt != nil)
        #expect(running.finishedAt == nil)
        #expect(running.duration == nil)
        try database.pipeline(2, status: "skipped")
        let empty = try #require(try catalog.pipeline(2, project: 1))
        #expect(empty.startedAt == nil)
        #expect(empty.duration == nil)
        #expect(empty.coverage == nil)
        #expect(empty.user == nil)
    }
}
