import Artifacts
import ArtifactsPostgres
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("Parameters of the lists")
struct ListParameterTests {
    struct Jobs: Sendable {
        let query: String
        let statuses: [JobStatus]?
        var includesRetried = false
    }

    @Test(
        "scope is one status or several, in every form that clients send",
        arguments: [
            Jobs(query: "", statuses: nil),
            Jobs(query: "all=False&pagination=keyset&x", statuses: nil),
            Jobs(query: "scope=success", statuses: [.success]),
            Jobs(query: "scope[]=success&scope[]=failed", statuses: [.success, .failed]),
            Jobs(query: "scope%5B%5D=failed&scope%5B%5D=failed", statuses: [.failed]),
            Jobs(query: "scope=failed&scope=success", statuses: [.success]),
            Jobs(query: "scope[]=waiting_for_resource", statuses: []),
            Jobs(query: "scope[]=scheduled&scope[]=manual", statuses: [.manual]),
            Jobs(query: "include_retried=True", statuses: nil, includesRetried: true),
            Jobs(query: "include_retried=0", statuses: nil),
        ]
    )
    func jobs(example: Jobs) throws {
        let filter = try ListParameters.jobs(Query(example.query)).filter
        #expect(filter == JobFilter(statuses: example.statuses, includesRetried: example.includesRetried))
    }

    @Test(
        "every parameter at fault is named",
        arguments: [
            ("scope=bogus", "scope does not have a valid value"),
            ("scope=", "scope does not have a valid value"),
            ("scope[]=success&scope[]=Success", "scope does not have a valid value"),
            ("include_retried=maybe", "include_retried is invalid"),
            ("page=0", "page is invalid"),
            (
                "per_page=x&page=-1&include_retried=&scope[]=",
                "scope does not have a valid value, include_retried is invalid, page is invalid, per_page is invalid"
            ),
        ]
    )
    func faultsOfJobs(query: String, error: String) throws {
        let query = try Query(query)
        let failure = #expect(throws: RequestFailure.self) { try ListParameters.jobs(query) }
        #expect(String(decoding: ErrorResponse(try #require(failure)).json, as: UTF8.self) == #"{"error":"\#(error)"}"#)
    }

    struct Pipelines: Sendable {
        let query: String
        let filter: PipelineFilter
    }

    @Test(
        "pipelines are filtered and ordered",
        arguments: [
            Pipelines(query: "", filter: PipelineFilter()),
            Pipelines(query: "ref=&sha=&source=", filter: PipelineFilter()),
            Pipelines(query: "ref=feat%2Fx&sha=abc", filter: PipelineFilter(ref: "feat/x", sha: "abc")),
            Pipelines(query: "status=running", filter: PipelineFilter(statuses: [.running])),
            Pipelines(query: "status=preparing", filter: PipelineFilter(statuses: [])),
            Pipelines(
                query: "order_by=updated_at&sort=asc",
                filter: PipelineFilter(order: .updatedAt, isAscending: true)
            ),
            Pipelines(query: "order_by=user_id&sort=desc", filter: PipelineFilter(order: .userID)),
            Pipelines(query: "source=parent_pipeline", filter: PipelineFilter(source: "parent_pipeline")),
        ]
    )
    func pipelines(example: Pipelines) throws {
        #expect(try ListParameters.pipelines(Query(example.query)).filter == example.filter)
    }

    @Test(
        "faults of pipelines are named too",
        arguments: [
            ("status=bogus", "status does not have a valid value"),
            ("status=", "status does not have a valid value"),
            ("order_by=name", "order_by does not have a valid value"),
            ("sort=up&per_page=0", "sort does not have a valid value, per_page is invalid"),
        ]
    )
    func faultsOfPipelines(query: String, error: String) throws {
        let query = try Query(query)
        let failure = #expect(throws: RequestFailure.self) { try ListParameters.pipelines(query) }
        #expect(String(decoding: ErrorResponse(try #require(failure)).json, as: UTF8.self) == #"{"error":"\#(error)"}"#)
    }

    @Test("a number in a path is a number, and one beyond 64 bits is that of nothing")
    func numbers() throws {
        #expect(try ListParameters.id(raw("42"), "pipeline_id") == 42)
        #expect(try ListParameters.id(raw("9223372036854775808"), "pipeline_id") == 0)
        #expect(throws: RequestFailure.parameters([.invalid("pipeline_id")])) {
            try ListParameters.id(raw("latest"), "pipeline_id")
        }
        #expect(throws: RequestFailure.badRequest) { try ListParameters.id(raw("%FF"), "pipeline_id") }
    }

    @Test(
        "links to other pages repeat no token",
        arguments: [
            "private_token=s3cret", "job_token=s3cret", "access_token=s3cret", "PRIVATE_TOKEN=s3cret", "x=glpat-s3cret",
            "glcbt-s3cret", "private%5Ftoken=s3cret", "token[]=s3cret",
        ]
    )
    func links(parameter: String) throws {
        let request = try makeRequest("/api/v4/projects/1/jobs?\(parameter)&scope[]=success&per_page=5")
        let link = PageLink(request, externalURL: "https://ci.example")
        let value = try Pagination(query: request.query).linkValue(total: 1, link: link)
        let text = String(decoding: value, as: UTF8.self)
        #expect(!text.contains("s3cret"), "\(text)")
        #expect(text.contains("?scope%5B%5D=success&page=1&per_page=5>"), "\(text)")
    }
}
