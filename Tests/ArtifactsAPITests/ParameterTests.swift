import ArtifactsPostgres
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("Parameters of the read endpoints")
struct ParameterTests {
    @Test(
        "job_id is a number",
        arguments: [
            ("42", .job(42)), ("007", .job(7)), ("%34%32", .job(42)), ("9223372036854775807", .job(.max)),
            ("9223372036854775808", .job(0)), ("99999999999999999999999999", .job(0)), ("0", .job(0)), ("-1", .job(0)),
        ] as [(String, ReadTarget)]
    )
    func job(segment: String, target: ReadTarget) throws {
        #expect(try ReadParameters.job(raw(segment)) == target)
    }

    @Test(
        "any other job_id is a bad parameter",
        arguments: ["x", "1x", "1.0", "+1", " 1", "1%20", "0x1", "%EF%BC%91", "-"]
    )
    func invalidJob(segment: String) {
        #expect(throws: RequestFailure.parameters([.invalid("job_id")])) { try ReadParameters.job(raw(segment)) }
    }

    @Test("a part that is no text is a bad request", arguments: ["%FF", "%00", "%zz", "%", "%1"])
    func noText(part: String) throws {
        let query = try Query("job=build")
        #expect(throws: RequestFailure.badRequest) { try ReadParameters.job(raw(part)) }
        #expect(throws: RequestFailure.badRequest) { try ReadParameters.latest(raw(part), query) }
        #expect(throws: RequestFailure.badRequest) { try ProjectSelector(raw(part)) }
    }

    @Test(
        "ref and job name are decoded once",
        arguments: [
            ("main", "job=build", "main", "build"),
            ("feat/x", "job=build", "feat/x", "build"),
            ("feat%2Fx", "job=build", "feat/x", "build"),
            ("a+b%252F", "job=build+%26+test%3A+a%2Fb", "a+b%2F", "build & test: a/b"),
            ("main", "job=build%20%26%20test", "main", "build & test"),
            ("main", "job=a&job=z", "main", "z"),
            ("main", "job=", "main", ""),
            ("main", "x=1&job=build&&", "main", "build"),
        ]
    )
    func latest(ref: String, query: String, refName: String, jobName: String) throws {
        let target = try ReadParameters.latest(raw(ref), Query(query))
        #expect(target == .latest(ref: refName, jobName: jobName, searchesRecentPipelines: false))
    }

    @Test(
        "search_recent_successful_pipelines is a boolean of any spelling",
        arguments: [
            ("true", true), ("1", true), ("t", true), ("yes", true), ("ON", true), ("True", true),
            ("false", false), ("0", false), ("f", false), ("no", false), ("Off", false),
        ]
    )
    func search(text: String, value: Bool) throws {
        let target = try ReadParameters.latest(raw("main"), Query("job=b&search_recent_successful_pipelines=\(text)"))
        #expect(target == .latest(ref: "main", jobName: "b", searchesRecentPipelines: value))
    }

    @Test(
        "every parameter at fault is named",
        arguments: [
            ("", "job is missing"),
            ("Job=build", "job is missing"),
            ("job=b&search_recent_successful_pipelines=maybe", "search_recent_successful_pipelines is invalid"),
            ("job=b&search_recent_successful_pipelines=", "search_recent_successful_pipelines is invalid"),
            ("search_recent_successful_pipelines=2", "job is missing, search_recent_successful_pipelines is invalid"),
        ]
    )
    func faults(query: String, error: String) throws {
        let query = try Query(query)
        let failure = #expect(throws: RequestFailure.self) { try ReadParameters.latest(raw("main"), query) }
        let response = ErrorResponse(try #require(failure))
        #expect(response.status == 400)
        #expect(String(decoding: response.json, as: UTF8.self) == #"{"error":"\#(error)"}"#)
    }

    @Test(
        "a project is a number or a path in lower case",
        arguments: [
            ("1", .id(1)), ("0", .id(0)), ("-3", .id(0)), ("9223372036854775808", .id(0)),
            ("g%2Fsub%2Ex%2Fp", .path("g/sub.x/p")), ("Group%2FProject", .path("group/project")),
            ("g+h%2fp", .path("g+h/p")), ("g%252Fp", .path("g%2fp")), ("1%2F2", .path("1/2")),
        ] as [(String, ProjectSelector)]
    )
    func project(segment: String, selector: ProjectSelector) throws {
        #expect(try ProjectSelector(raw(segment)) == selector)
    }

    @Test(
        "a malformed target or query is a bad request",
        arguments: ["x", "", "/?a=%zz", "/?a=%FF", "/?a=%00", "/a#b"]
    )
    func badTarget(target: String) {
        #expect(throws: RequestFailure.badRequest) { try makeRequest(target) }
    }

    @Test("a bare question mark is no query")
    func bareMark() throws {
        #expect(try makeRequest("/api/v4/x?").query.parameters.isEmpty)
    }
}
