import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("What decides about a change")
struct ChangeFactsTests {
    private let database: Database

    init() throws {
        database = try Database()
        try database.pipeline(1, ref: "release/1.0")
        try database.job(10, in: 1)
    }

    private func job(_ id: Int64 = 10, in project: ProjectSelector? = .id(1)) throws -> ChangeableJob? {
        try ChangeCatalog(pool: database.pool).facts(job: id, in: project, accessToken: nil).job
    }

    @Test("a job is found in its own project only")
    func found() throws {
        #expect(try job() == ChangeableJob(id: 10, userID: nil, pushLevels: [], archiveAccess: nil, archiveDigest: nil))
        #expect(try job(in: .path("top/sub/app"))?.id == 10)
        let misses: [(Int64, ProjectSelector?)] = [(10, .id(2)), (11, .id(1)), (0, .id(1)), (10, nil), (10, .id(0))]
        for (id, project) in misses {
            #expect(try job(id, in: project) == nil, "job \(id) in \(String(describing: project))")
        }
    }

    @Test("its archive restricts as long as it is available", arguments: ArtifactAccess.allCases)
    func archive(access: ArtifactAccess) throws {
        try database.artifact(of: 10, "junit")
        #expect(try job()?.archiveAccess == nil)
        try database.artifact(of: 10, expiresInHours: 1)
        try database.connection.query("UPDATE artifacts SET access = \(access.rawValue) WHERE file_type = 'archive'")
        try database.connection.execute("UPDATE jobs SET user_id = 2")
        let found = try #require(try job())
        #expect(found.archiveAccess == access)
        #expect(found.archiveDigest?.count == 32)
        #expect(found.userID == 2)
        try database.connection.execute("UPDATE artifacts SET expire_at = now() - interval '1 hour'")
        #expect(try job()?.archiveAccess == nil)
        try database.connection.execute("UPDATE pipelines SET locked = true")
        #expect(try job()?.archiveAccess == access)
    }

    @Test("every rule of its project that matches its ref counts")
    func protectedRefs() throws {
        try database.connection.execute(
            """
            INSERT INTO protected_refs (project_id, name, push_access_level) VALUES
                (1, 'release/1.0', 'no_one'), (1, 'release/*', 'maintainer'), (1, '*', 'admin'), (1, 'main', 'developer'),
                (1, 'release', 'developer'), (2, 'release/1.0', 'developer')
            """
        )
        #expect(Set(try #require(try job()).pushLevels) == [.noOne, .maintainer, .admin])
    }

    @Test("credential and project are those of every other request")
    func access() throws {
        try database.connection.query(
            "INSERT INTO access_tokens (user_id, name, token_digest, scopes) VALUES (1, 'a', \(Database.digest(1)), '{api}')"
        )
        let token = Database.digest(1)
        let facts = try ChangeCatalog(pool: database.pool).facts(job: 10, in: .id(1), accessToken: token)
        let expected = try AccessCatalog(pool: database.pool).facts(in: .id(1), accessToken: token, jobToken: nil)
        #expect(facts.access == expected)
        #expect(facts.access.credential != nil)
    }
}
