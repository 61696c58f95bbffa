import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Finding the project and the job")
struct ProjectFactsTests {
    private let database: Database

    init() throws {
        database = try Database()
    }

    private func facts(_ project: ProjectSelector, job: Int64 = 0) throws -> ReadFacts {
        try ReadCatalog(pool: database.pool).facts(for: .job(job), in: project, accessToken: nil, jobToken: nil)
    }

    @Test("a project is found by number and by path in lower case")
    func present() throws {
        let project = ProjectFacts(
            id: 1,
            path: "Top/Sub/App",
            visibility: .private,
            publicJobs: true,
            buildsAccessLevel: .enabled,
            isArchived: false
        )
        for selector in [ProjectSelector.id(1), .path("top/sub/app")] {
            let facts = try facts(selector)
            #expect(facts.access.project == project, "\(selector)")
            #expect(!facts.access.projectHasMoved, "\(selector)")
        }
    }

    @Test("the project's settings are told")
    func settings() throws {
        try database.connection.execute(
            """
            UPDATE projects SET visibility = 'internal', public_jobs = false, builds_access_level = 'private',
                archived = true WHERE id = 3
            """
        )
        let project = ProjectFacts(
            id: 3,
            path: "Alone",
            visibility: .internal,
            publicJobs: false,
            buildsAccessLevel: .private,
            isArchived: true
        )
        #expect(try facts(.id(3)).access.project == project)
    }

    @Test("what is no project is not found", arguments: [ProjectSelector.id(0), .id(9), .path("top/sub"), .path("x")])
    func absent(selector: ProjectSelector) throws {
        try database.connection.execute(
            "INSERT INTO routes (path_key, path, group_id) VALUES ('top/sub', 'Top/Sub', 2)"
        )
        #expect(try facts(selector).access.project == nil)
    }

    @Test("a previous path leads to the project, and tells so")
    func moved() throws {
        try database.connection.execute(
            "INSERT INTO redirect_routes (path_key, path, project_id) VALUES ('old/app', 'Old/App', 1)"
        )
        let facts = try facts(.path("old/app"))
        #expect(facts.access.project?.id == 1)
        #expect(facts.access.projectHasMoved)
    }

    @Test("a live path wins over a previous one")
    func livePathWins() throws {
        try database.connection.execute(
            "INSERT INTO redirect_routes (path_key, path, project_id) VALUES ('alone', 'Alone', 1)"
        )
        let facts = try facts(.path("alone"))
        #expect(facts.access.project?.id == 3)
        #expect(!facts.access.projectHasMoved)
    }

    @Test("a job is found in its own project only")
    func jobOfAnotherProject() throws {
        try database.pipeline(1)
        try database.build(5, in: 1)
        #expect(try facts(.id(1), job: 5).jobID == 5)
        #expect(try facts(.id(1), job: 5).archive != nil)
        #expect(try facts(.id(2), job: 5).jobID == nil)
        #expect(try facts(.id(2), job: 5).archive == nil)
        #expect(try facts(.id(9), job: 5).jobID == nil)
        #expect(try facts(.id(1), job: 6).jobID == nil)
    }

    @Test("the archive row comes with its content")
    func archive() throws {
        try database.pipeline(1)
        try database.job(5, in: 1)
        try database.artifact(of: 5, "junit")
        #expect(try facts(.id(1), job: 5).archive == nil)
        let content = try database.artifact(of: 5)
        try database.connection.execute("UPDATE artifacts SET access = 'developer' WHERE file_type = 'archive'")
        let row = try database.connection.query(
            """
            SELECT a.id, a.created_at, c.sha256 FROM artifacts a JOIN contents c ON c.id = a.content_id
            WHERE file_type = 'archive'
            """
        ).onlyRow()
        let archive = ArchiveRow(
            id: try row.int64(0),
            access: .developer,
            filename: "archive.bin",
            isAvailable: true,
            createdAt: try row.timestamp(1),
            content: ContentRow(id: content, digest: try row.bytes(2), size: 7)
        )
        #expect(try facts(.id(1), job: 5).archive == archive)
    }

    @Test(
        "an archive is available until it expires, and while its pipeline is locked",
        arguments: [(nil, false, true), (1, false, true), (0, false, false), (-1, false, false), (-1, true, true)]
            as [(Int64?, Bool, Bool)]
    )
    func availability(hours: Int64?, isLocked: Bool, isAvailable: Bool) throws {
        try database.pipeline(1, isLocked: isLocked)
        try database.job(5, in: 1)
        try database.artifact(of: 5, expiresInHours: hours)
        #expect(try facts(.id(1), job: 5).archive?.isAvailable == isAvailable)
    }
}
