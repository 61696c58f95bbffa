import Artifacts
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

        /// A statement whose binds are numbers and text.
        init(_ description: String, _ statement: SQL, rows: Double) {
            let binds = statement.binds.map { bind in
                switch bind {
                case .int8(let number): (type: "bigint", value: "\(number)")
                case .text(let text): (type: "text", value: "'\(text)'")
                default: (type: "text", value: "no literal for \(bind)")
                }
            }
            let types = binds.map(\.type).joined(separator: ", ")
            self.init(description, statement.text, types, binds.map(\.value).joined(separator: ", "), rows: rows)
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
    private static let byID = "bytea, bytea, bigint, text, bigint, text"
    private static let change = "bytea, bytea, bigint, text, bigint"
    private static let byRef = "bytea, bytea, bigint, text, text, text, text"
    private static let eightByID = "bytea[], bytea[], bigint[], text[], bigint[], text[]"
    private static let eightByRef = "bytea[], bytea[], bigint[], text[], text[], text[], text[]"
    private static let upload = "bigint, bytea, text"
    private static let locks = PipelineLocks.update([PipelineRef(projectID: 1, isTag: false, name: "main")]).text

    private static let hundredJobs = "'{\((1...100).map { "\($0 * 1000)" }.joined(separator: ", "))}'"
    private static let window = "bigint, bigint, bigint"
    private static let scope = "\(window), text[], boolean"

    private static func pipelines(_ project: Int64, _ filter: PipelineFilter = PipelineFilter()) -> SQL {
        PipelineListStatement.make(project: project, filter, ListWindow(limit: 20, offset: 0))
    }

    private static func shape(
        _ credentials: AccessShape.Credentials,
        _ naming: AccessShape.Naming
    ) -> AccessShape {
        AccessShape(credentials: credentials, naming: naming)
    }

    /// The values of eight callers at once, from those of one.
    private static func eight(_ values: String) -> String {
        values.split(separator: "; ").map { "array_fill(\($0), ARRAY[8])" }.joined(separator: ", ")
    }

    static let cases = [
        Case(
            "a job for eight, access tokens",
            ReadStatement.byJobID[shape(.accessToken, .id)].batch,
            eightByID,
            eight("sha256('token77'); NULL::bytea; 1::bigint; NULL::text; 77::bigint; 'archive'::text"),
            rows: 800
        ),
        Case(
            "a job for eight, any credentials",
            ReadStatement.byJobID[.general].batch,
            eightByID,
            eight(
                "NULL::bytea; sha256('job200000'); NULL::bigint; 'group8/project1'::text; 77::bigint; 'archive'::text"
            ),
            rows: 1200
        ),
        Case(
            "the latest job for eight",
            ReadStatement.latest[.general].batch,
            eightByRef,
            eight("sha256('token77'); NULL::bytea; 1::bigint; NULL::text; 'main'::text; 'job3'::text; 'archive'::text"),
            rows: 1200
        ),
        Case(
            "a recent job for eight",
            ReadStatement.recent[.general].batch,
            eightByRef,
            eight("sha256('token77'); NULL::bytea; 1::bigint; NULL::text; 'main'::text; 'job3'::text; 'archive'::text"),
            rows: 1200
        ),
        Case(
            "a job by number, access token",
            ReadStatement.byJobID[shape(.accessToken, .id)].single,
            byID,
            "\(access), 1, NULL, 77, 'archive'",
            rows: 100
        ),
        Case(
            "a job by path, access token",
            ReadStatement.byJobID[shape(.accessToken, .any)].single,
            byID,
            "\(access), NULL, 'group8/project1', 77, 'archive'",
            rows: 100
        ),
        Case(
            "a job by number, anonymous",
            ReadStatement.byJobID[shape(.none, .id)].single,
            byID,
            "NULL, NULL, 1, NULL, 77, 'archive'",
            rows: 50
        ),
        Case(
            "the latest job by number, anonymous",
            ReadStatement.latest[shape(.none, .id)].single,
            byRef,
            "NULL, NULL, 1, NULL, 'main', 'job3', 'archive'",
            rows: 100
        ),
        Case(
            "a job, access token",
            ReadStatement.byJobID[.general].single,
            byID,
            "\(access), 1, NULL, 77, 'archive'",
            rows: 150
        ),
        Case(
            "a job, job token",
            ReadStatement.byJobID[.general].single,
            byID,
            "\(job), 1, NULL, 77, 'archive'",
            rows: 150
        ),
        Case(
            "a job, anonymous",
            ReadStatement.byJobID[.general].single,
            byID,
            "NULL, NULL, NULL, 'group8/project1', 77, 'archive'",
            rows: 150
        ),
        Case(
            "a job, previous path",
            ReadStatement.byJobID[.general].single,
            byID,
            "\(access), NULL, 'old/1', 77, 'archive'",
            rows: 150
        ),
        Case(
            "the latest job",
            ReadStatement.latest[.general].single,
            byRef,
            "\(access), 1, NULL, 'main', 'job3', 'archive'",
            rows: 150
        ),
        Case(
            "the latest job of a family",
            ReadStatement.latest[.general].single,
            byRef,
            "\(job), 5, NULL, 'main', 'job3', 'archive'",
            rows: 150
        ),
        Case(
            "the latest job, no such name",
            ReadStatement.latest[.general].single,
            byRef,
            "\(access), 1, NULL, 'main', 'x', 'archive'",
            rows: 150
        ),
        Case(
            "the latest job, no such ref",
            ReadStatement.latest[.general].single,
            byRef,
            "\(access), 1, NULL, 'x', 'x', 'archive'",
            rows: 150
        ),
        Case(
            "a recent job",
            ReadStatement.recent[.general].single,
            byRef,
            "\(access), 1, NULL, 'main', 'job3', 'archive'",
            rows: 150
        ),
        Case(
            "a recent job, no such name",
            ReadStatement.recent[.general].single,
            byRef,
            "\(access), 1, NULL, 'main', 'x', 'archive'",
            rows: 1500
        ),
        Case(
            "the job of an upload",
            UploadCatalog.factsStatement,
            upload,
            "200000, sha256('job200000'), 'sast'",
            rows: 30
        ),
        Case(
            "the job of an intake",
            UploadCatalog.lockingStatement,
            upload,
            "200000, sha256('job200000'), 'sast'",
            rows: 30
        ),
        Case(
            "a runner's archive",
            ReadStatement.byJobID[shape(.any, .job)].single,
            byID,
            "\(job), NULL, NULL, 77, 'archive'",
            rows: 150
        ),
        Case(
            "a runner's archive, no such job",
            ReadStatement.byJobID[shape(.any, .job)].single,
            byID,
            "\(job), NULL, NULL, 0, 'archive'",
            rows: 50
        ),
        Case("the end of a log", TraceWriter.state, "bigint", "200000", rows: 10),
        Case("a piece of a log", TraceWriter.insert, "bigint, bigint, bytea", "200000, 200000, 'x'", rows: 10),
        Case("the pieces behind a place", TraceChunk.batch, "bigint, bigint", "200000, 150007", rows: 50),
        Case("the first pieces", TraceChunk.batch, "bigint, bigint", "200000, 0", rows: 50),
        Case("a log that is written", TraceCatalog.statement, "bigint, bigint", "200000, 12", rows: 10),
        Case("the next log to store", TraceArchival.next, "bigint", "100000", rows: 500),
        Case("pieces to store", EndedTrace.batch, "bigint, bigint", "200000, 100000", rows: 50),
        Case("the job of a log", EndedTrace.lockJob, "bigint", "77", rows: 10),
        Case("a stored log", EndedTrace.insert, "bigint, bigint, bigint", "200000, 100, 77", rows: 10),
        Case("the pieces of a stored log", EndedTrace.delete, "bigint", "1001", rows: 20),
        Case("erasing pieces", ChangeCatalog.eraseChunks, "bigint", "1001", rows: 50),
        Case("a report", ReadStatement.byJobID[.general].single, byID, "\(access), 1, NULL, 77, 'junit'", rows: 150),
        Case("why a job has nothing", AbsenceCatalog.ofJob, "bigint, text", "77, 'archive'", rows: 20),
        Case("why a job has no report", AbsenceCatalog.ofJob, "bigint, text", "77, 'junit'", rows: 20),
        Case(
            "why a ref has nothing",
            AbsenceCatalog.ofRef,
            "bigint, text, text, text",
            "1, 'main', 'x', 'archive'",
            rows: 20
        ),
        Case(
            "why a family has nothing",
            AbsenceCatalog.ofRef,
            "bigint, text, text, text",
            "5, 'main', 'job3', 'archive'",
            rows: 30
        ),
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
            "a caller and a project",
            AccessStatement.statement,
            "bytea, bytea, bigint, text",
            "\(access), 1, NULL",
            rows: 150
        ),
        Case("a user", UserCatalog.statement, "bigint", "77", rows: 10),
        Case("a project", ProjectCatalog.statement, "bigint, bigint", "77, 77", rows: 100),
        Case("a pipeline", PipelineCatalog.pipeline, "bigint, bigint", "77, 1", rows: 80),
        Case("whether a pipeline is there", PipelineCatalog.membership, "bigint, bigint", "77, 1", rows: 10),
        Case("pipelines by number", PipelineCatalog.summaries, "bigint[]", "'{77, 78, 79}'", rows: 30),
        Case("a log", TraceCatalog.statement, "bigint, bigint", "77, 1", rows: 10),
        Case("jobs of a project", JobListing.currentOfProject, window, "777, 20, 0", rows: 300),
        Case("all jobs of a project", JobListing.allOfProject, window, "777, 20, 0", rows: 300),
        Case(
            "jobs of a rare status",
            JobListing.scopedOfProject,
            scope,
            "1, 20, 0, '{failed, manual}', true",
            rows: 50
        ),
        Case(
            "jobs of two statuses",
            JobListing.scopedOfProject,
            scope,
            "777, 20, 0, '{success, running}', false",
            rows: 500
        ),
        Case("jobs of a pipeline", JobListing.ofPipeline, scope, "77, 20, 0, NULL, false", rows: 100),
        Case("pipelines of a project", pipelines(777), rows: 60),
        Case("pipelines of a rare status", pipelines(1, PipelineFilter(statuses: [.running])), rows: 10),
        Case("pipelines of a commit", pipelines(1, PipelineFilter(sha: "fedcba9")), rows: 10),
        Case("pipelines of a ref", pipelines(1, PipelineFilter(ref: "none")), rows: 10),
        Case("pipelines by another order", pipelines(777, PipelineFilter(order: .updatedAt)), rows: 60),
        Case("a change, access token", ChangeStatement.statement, change, "\(access), 1, NULL, 77", rows: 150),
        Case("a change, no such job", ChangeStatement.statement, change, "\(access), 1, NULL, 0", rows: 150),
        Case("a change, no such project", ChangeStatement.statement, change, "\(access), NULL, NULL, 77", rows: 150),
        Case("what had gone before", ChangeCatalog.expireNothing, "bigint", "77", rows: 10),
        Case("a job to change", ChangeCatalog.lockJob, "bigint", "77", rows: 10),
        Case("rows to keep", ChangeCatalog.lockKept, "bigint", "77", rows: 10),
        Case("keeping rows", ChangeCatalog.clearExpiryOfRows, "bigint[]", "'{77, 78}'", rows: 10),
        Case("keeping a job", ChangeCatalog.clearExpiryOfJob, "bigint", "77", rows: 10),
        Case("deleting rows", ChangeCatalog.deleteRows, "bigint", "77", rows: 20),
        Case("rows to erase", ChangeCatalog.lockErased, "bigint", "77", rows: 10),
        Case("erasing rows", ChangeCatalog.eraseRows, "bigint[]", "'{77}'", rows: 10),
        Case("erasing a job", ChangeCatalog.markErased, "bigint", "77", rows: 10),
        Case("a project's deletion", ChangeCatalog.requestDeletion, "bigint, bigint", "1, 1", rows: 50),
        Case("a project to publish in", PublishingCatalog.lockProject, "bigint", "1", rows: 10),
        Case("a pipeline to publish in", PublishingCatalog.lockPipeline, "bigint, bigint", "77, 1", rows: 10),
        Case("the project of a pipeline", PublishingCatalog.projectOfPipeline, "bigint", "77", rows: 10),
        Case(
            "a new pipeline",
            PublishingCatalog.insertPipeline,
            "bigint, text, boolean, text, text, bigint, bigint, bigint, boolean",
            "1, 'main', false, 'abcdef0', 'api', NULL, NULL, 1, true",
            rows: 20
        ),
        Case(
            "a pipeline by its key",
            PublishingCatalog.findPipeline,
            "bigint, text, text, boolean, text",
            "1, 'p77', 'main', false, 'abcdef0'",
            rows: 10
        ),
        Case("the key of a pipeline", PublishingCatalog.namePipeline, "bigint, text", "77, 'api:1'", rows: 10),
        Case("a job by its key", PublishingCatalog.findJob, "bigint, text, text", "77, 'j761', 'x'", rows: 10),
        Case("the key of a job", PublishingCatalog.nameJob, "bigint, text", "77, 'api:1'", rows: 10),
        Case("outcomes of a pipeline", LockedPipeline.outcomes, "bigint", "77", rows: 50),
        Case("a pipeline's status", LockedPipeline.update, "bigint, text, boolean", "77, 'failed', false", rows: 10),
        Case("a job to run again", PublishingCatalog.lockRetried, "bigint, bigint, text", "1, 1, 'job1'", rows: 10),
        Case("a job that is run again", PublishingCatalog.markRetried, "bigint", "77", rows: 10),
        Case(
            "a new job",
            PublishingCatalog.insertJob,
            "bigint, bigint, text, text, text, boolean, text, bigint, bytea, text[]",
            "1, 77, 'x', 'test', 'running', false, 'always', 1, sha256('new'), '{a}'",
            rows: 10
        ),
        Case("the end of a job", PublishingCatalog.updateJob, "bigint, text, text", "77, 'failed', NULL", rows: 10),
        Case("jobs for show", JobCatalog.statement, "bigint[]", hundredJobs, rows: 1500),
        Case("locks of no ref", locks, "bigint[], bigint[], text[], bigint[]", "'{5}', '{1}', '{x}', '{}'", rows: 50),
    ]

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
