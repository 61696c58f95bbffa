import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Users, projects and logs as the API shows them")
struct MetadataCatalogTests {
    private let database: Database
    private let catalog: MetadataCatalog

    init() throws {
        database = try Database()
        catalog = MetadataCatalog(pool: database.pool)
    }

    @Test("a user is found by number")
    func user() throws {
        try database.connection.execute(
            "UPDATE users SET name = 'Ann', email = 'ann@example.com', auditor = true WHERE id = 1"
        )
        let user = try #require(try catalog.users.user(1))
        #expect(user.summary.username == "ann")
        #expect(user.summary.name == "Ann")
        #expect(!user.summary.isBot)
        #expect(user.email == "ann@example.com")
        #expect(user.isAuditor && !user.isAdmin && !user.isExternal)
        #expect(try catalog.users.user(9) == nil)
    }

    @Test("a project tells its group, its usage and the memberships of one user")
    func project() throws {
        try database.pipeline(1)
        try database.build(1, in: 1)
        try database.connection.execute(
            """
            INSERT INTO members (user_id, group_id, project_id, role, expires_at) VALUES
                (1, NULL, 1, 20, NULL), (1, 1, NULL, 30, NULL), (1, 2, NULL, 40, now() - interval '1 day'), (2, 1, NULL, 50, NULL)
            """
        )
        let project = try #require(try catalog.projects.project(1, for: 1))
        #expect(project.name == "App")
        #expect(project.group == ProjectRecord.Group(id: 2, parentID: 1))
        #expect(project.artifactsSize == 7)
        #expect(project.projectRole == .reporter)
        #expect(project.groupRole == .developer)
        #expect(try catalog.projects.project(1, for: nil)?.groupRole == nil)
        let alone = try #require(try catalog.projects.project(3, for: 1))
        #expect(alone.group == nil)
        #expect(alone.artifactsSize == 0)
        #expect(try catalog.projects.project(9, for: 1) == nil)
    }

    @Test("a log is found with its job, until it expires")
    func trace() throws {
        try database.pipeline(1)
        try database.job(1, in: 1)
        try database.job(2, in: 1)
        let content = try database.artifact(of: 1, "trace", expiresInHours: 1)
        #expect(try catalog.traces.trace(job: 1, project: 1)?.trace?.content.id == content)
        #expect(try catalog.traces.trace(job: 2, project: 1) == TraceRecord(trace: nil, writtenBytes: 0))
        #expect(try catalog.traces.trace(job: 1, project: 2) == nil)
        #expect(try catalog.traces.trace(job: 0, project: 1) == nil)
        try database.connection.execute("UPDATE artifacts SET expire_at = now()")
        #expect(try catalog.traces.trace(job: 1, project: 1)?.trace == nil)
        try database.connection.execute("UPDATE pipelines SET locked = true")
        #expect(try catalog.traces.trace(job: 1, project: 1)?.trace?.content.id == content)
    }
}
