import Artifacts
import Testing

@testable import ArtifactsPostgres
@testable import Postgres

@Suite("The shapes of the statement that decides")
struct AccessShapeTests {
    private let database: Database

    init() throws {
        database = try Database()
        try database.pipeline(1, ref: "main")
        try database.job(10, in: 1)
        try database.artifact(of: 10)
        try database.connection.query(
            "INSERT INTO access_tokens (user_id, name, token_digest, scopes) VALUES (1, 'a', \(Database.digest(1)), '{api}')"
        )
        try database.connection.query(
            "UPDATE jobs SET token_digest = \(Database.digest(2)), status = 'running', user_id = 1 WHERE id = 10"
        )
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let project: ProjectSelector
        let accessToken: UInt8?
        let jobToken: UInt8?

        var testDescription: String {
            "\(project), access token \(accessToken.map(String.init) ?? "-"), job token \(jobToken.map(String.init) ?? "-")"
        }
    }

    /// 1 is an access token, 2 a job token, 3 nobody's.
    static let cases = [ProjectSelector.id(1), .id(2), .id(999), .path("top/sub/app"), .path("none")].flatMap {
        project in
        [nil, 1, 2, 3].flatMap { access in
            [nil, 1, 2, 3].map { Case(project: project, accessToken: access, jobToken: $0) }
        }
    }

    @Test("the least shape for a request fetches what the general one does", arguments: cases)
    func equality(_ example: Case) throws {
        let access = example.accessToken.map(Database.digest)
        let job = example.jobToken.map(Database.digest)
        let binds = AccessCatalog.binds(example.project, access, job) + [.int8(10), .text("archive")]
        let shape = AccessShape.of(example.project, access, job)
        let facts = try ReadFacts(database.pool.query(ReadStatement.byJobID[shape].single, binds).onlyRow())
        #expect(facts == (try ReadFacts(database.pool.query(ReadStatement.byJobID[.general].single, binds).onlyRow())))
        if case .id(1) = example.project {
            #expect(facts.jobID == 10)
            #expect((facts.access.credential != nil) == (example.accessToken == 1 || example.jobToken == 2))
        }
    }

    @Test("several callers in one statement get what each would get alone", arguments: [nil, 1, 2, 3] as [UInt8?])
    func batches(jobToken: UInt8?) throws {
        let examples = Self.cases.filter { $0.jobToken == jobToken }
        let binds = examples.map { example in
            AccessCatalog.binds(
                example.project,
                example.accessToken.map(Database.digest),
                example.jobToken.map(Database.digest)
            ) + [.int8(10), .text("archive")]
        }
        let statement = ReadStatement.byJobID[.general]
        let together = try database.pool.query(statement.batch, statement.columns(binds))
        let outcomes = try StatementBatcher.outcomes(together, of: binds.count)
        for (index, example) in examples.enumerated() {
            let alone = try ReadFacts(database.pool.query(statement.single, binds[index]).onlyRow())
            guard case .row(let row) = outcomes[index] else {
                Issue.record("no row for \(example.testDescription)")
                continue
            }
            #expect(try ReadFacts(row) == alone, "\(example.testDescription)")
        }
    }

    @Test("what names the project by its job finds the same, too")
    func byJob() throws {
        let binds = AccessCatalog.binds(nil, nil, Database.digest(2)) + [.int8(10), .text("archive")]
        let statement = ReadStatement.byJobID[AccessShape(credentials: .any, naming: .job)].single
        let named = AccessCatalog.binds(.id(1), nil, Database.digest(2)) + [.int8(10), .text("archive")]
        let facts = try ReadFacts(database.pool.query(statement, binds).onlyRow())
        #expect(facts == (try ReadFacts(database.pool.query(ReadStatement.byJobID[.general].single, named).onlyRow())))
        #expect(facts.archive != nil)
    }
}
