import Artifacts
import HTTPSemantics
import Testing

@testable import ArtifactsAPI

struct FailureCase: Sendable, CustomTestStringConvertible {
    let failure: RequestFailure
    let status: Int
    let json: String
    var fields: [String] = []
    var testDescription: String { "\(failure)" }

    init(_ failure: RequestFailure, _ status: Int, _ json: String, fields: [String] = []) {
        self.failure = failure
        self.status = status
        self.json = json
        self.fields = fields
    }
}

@Suite("Error responses")
struct ErrorResponseTests {
    private static let expired = "Token is expired. You can either do re-authorization or token refresh."
    private static let revoked = "Token was revoked. You have to re-authorize from the user."

    static let requests = [
        FailureCase(.badRequest, 400, #"{"message":"400 Bad request"}"#),
        FailureCase(.parameters([.missing("job")]), 400, #"{"error":"job is missing"}"#),
        FailureCase(.parameters([.invalid("job_id")]), 400, #"{"error":"job_id is invalid"}"#),
        FailureCase(.parameters([.missing("a"), .invalid("b")]), 400, #"{"error":"a is missing, b is invalid"}"#),
        FailureCase(.unknownRoute, 404, #"{"error":"404 Not Found"}"#),
        FailureCase(
            .methodNotAllowed(allowed: "GET, HEAD"),
            405,
            #"{"error":"405 Not Allowed"}"#,
            fields: ["Allow: GET, HEAD"]
        ),
        FailureCase(.versionGone, 410, #"{"error":"API V3 is no longer supported. Use API V4 instead."}"#),
        FailureCase(
            .moved(location: "https://ci.example/api/v4/projects/1/jobs/2/artifacts?job_token=secret"),
            301,
            #"{"message":"This resource has been moved permanently"}"#,
            fields: [
                "Location: https://ci.example/api/v4/projects/1/jobs/2/artifacts?job_token=secret",
                "Cache-Control: private, no-cache",
            ]
        ),
        FailureCase(.movedNeedsGet, 405, #"{"message":"Non GET methods are not allowed for moved projects"}"#),
        FailureCase(.preconditionFailed, 412, #"{"message":"412 Precondition Failed"}"#),
        FailureCase(
            .unprocessable("Compression method 93 is not supported"),
            422,
            #"{"message":"422 Compression method 93 is not supported"}"#
        ),
        FailureCase(.upload(.erased), 403, #"{"message":"403 Forbidden - Job has been erased!"}"#),
        FailureCase(
            .upload(.notRunning(.success)),
            403,
            #"{"message":"403 Forbidden - Job is not processing on runner"}"#,
            fields: ["Job-Status: success"]
        ),
        FailureCase(.upload(.formatMismatch), 400, #"{"message":"Invalid file format with specified file type"}"#),
        FailureCase(
            .upload(.otherContentExists),
            400,
            #"{"message":"another artifact of the same type already exists"}"#
        ),
        FailureCase(.upload(.malformed("Why.")), 400, #"{"message":"400 Bad request - Why."}"#),
        FailureCase(.upload(.tooLarge), 413, #"{"message":"file size has reached maximum size limit"}"#),
        FailureCase(.upload(.tooSlow), 408, #"{"message":"408 Request Timeout"}"#),
        FailureCase(.upload(.diskFull(cause: "ENOSPC")), 507, #"{"message":"507 Insufficient Storage"}"#),
        FailureCase(
            .upload(.logTooLarge),
            403,
            #"{"message":"403 Forbidden - Job log has reached its maximum size"}"#
        ),
        FailureCase(.upload(.logIsStored), 403, #"{"message":"403 Forbidden - Job log is complete"}"#),
        FailureCase(.corruptArchive(cause: "CRC"), 500, #"{"message":"500 Archive is corrupt"}"#),
        FailureCase(.lostContent(cause: "ENOENT"), 500, #"{"message":"500 Internal Server Error"}"#),
        FailureCase(.internal(cause: "SELECT"), 500, #"{"message":"500 Internal Server Error"}"#),
        FailureCase(
            .unavailable(cause: "down"),
            503,
            #"{"message":"503 Service Unavailable"}"#,
            fields: ["Retry-After: 1"]
        ),
    ]

    static let misses = [
        FailureCase(.missing(.job, reason: nil), 404, #"{"message":"404 Not found"}"#),
        FailureCase(
            .missing(.job, reason: .noSuccessfulPipeline),
            404,
            #"{"message":"404 Not found"}"#,
            fields: ["X-Artifact-Reason: no_successful_pipeline"]
        ),
        FailureCase(
            .missing(.jobInRecentPipelines, reason: .jobNotInPipeline),
            404,
            #"{"message":"404 Job Not Found"}"#,
            fields: ["X-Artifact-Reason: job_not_in_pipeline"]
        ),
        FailureCase(.missing(.file, reason: nil), 404, #"{"message":"404 Not Found"}"#),
        FailureCase(
            .missing(.file, reason: .noArchive),
            404,
            #"{"message":"404 Not Found"}"#,
            fields: ["X-Artifact-Reason: no_archive"]
        ),
        FailureCase(
            .missing(.file, reason: .reportsOnly),
            404,
            #"{"message":"404 Not Found"}"#,
            fields: ["X-Artifact-Reason: reports_only"]
        ),
        FailureCase(
            .missing(.file, reason: .expired),
            404,
            #"{"message":"404 Not Found"}"#,
            fields: ["X-Artifact-Reason: expired"]
        ),
        FailureCase(
            .missing(.file, reason: .memberNotFound),
            404,
            #"{"message":"404 Not Found"}"#,
            fields: ["X-Artifact-Reason: member_not_found"]
        ),
    ]

    static let denials = [
        FailureCase(.denied(.unauthorized), 401, #"{"message":"401 Unauthorized"}"#),
        FailureCase(
            .denied(.tokenExpired),
            401,
            #"{"error":"invalid_token","error_description":"\#(expired)"}"#,
            fields: [challenge(expired)]
        ),
        FailureCase(
            .denied(.tokenRevoked),
            401,
            #"{"error":"invalid_token","error_description":"\#(revoked)"}"#,
            fields: [challenge(revoked)]
        ),
        FailureCase(
            .denied(.insufficientScope),
            403,
            #"{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided "#
                + #"by the access token.","scope":"api read_api"}"#
        ),
        FailureCase(
            .denied(.userNotActive(.blocked)),
            403,
            #"{"message":"403 Forbidden - Your account has been blocked."}"#
        ),
        FailureCase(
            .denied(.userNotActive(.pendingApproval)),
            403,
            #"{"message":"403 Forbidden - Your account is pending approval from your administrator and hence blocked."}"#
        ),
        FailureCase(
            .denied(.userNotActive(.deactivated)),
            403,
            #"{"message":"403 Forbidden - Your account has been deactivated by your administrator. "#
                + #"Please log back in from a web browser to reactivate your account."}"#
        ),
        FailureCase(.denied(.projectNotFound), 404, #"{"message":"404 Project Not Found"}"#),
        FailureCase(.denied(.forbidden), 403, #"{"message":"403 Forbidden"}"#),
        FailureCase(
            .denied(.jobTokenNotAllowed(source: "a", target: "b")),
            403,
            #"{"message":"403 Forbidden - Authentication by CI/CD job token not allowed from a to b."}"#
        ),
        FailureCase(
            .denied(.jobTokenLacksPolicy(path: "g/p", policy: "read_jobs")),
            403,
            #"{"message":"403 Forbidden - Insufficient permissions to access this resource in project g/p. "#
                + #"The following token permission is required: read_jobs."}"#
        ),
    ]

    @Test("every failure has its status, body and fields", arguments: requests + misses + denials)
    func answer(row: FailureCase) throws {
        let response = ErrorResponse(row.failure)
        #expect(response.status == row.status)
        #expect(String(decoding: response.json, as: UTF8.self) == row.json)
        #expect(response.fields.map { "\($0.name): \($0.value)" } == row.fields)
    }

    @Test("a failure is sent with the fields of every answer, each once", arguments: requests + misses + denials)
    func sent(row: FailureCase) throws {
        let get = try SentAnswer(Answer(row.failure))
        let common = [
            "X-Content-Type-Options: nosniff", "X-Frame-Options: SAMEORIGIN", "X-Request-Id: test",
            "Content-Length: \(row.json.utf8.count)", "Content-Type: application/json",
        ]
        #expect(get.lines.first?.hasPrefix("Status: \(row.status) ") == true)
        #expect(get.lines.dropFirst().sorted() == (common + row.fields).sorted())
        #expect(String(decoding: get.body, as: UTF8.self) == row.json)
        let head = try SentAnswer(Answer(row.failure), method: .head)
        #expect(head.header == get.header)
        #expect(head.body.isEmpty)
    }

    @Test("the operator is told causes, and never a moved project's query")
    func causes() {
        #expect(RequestFailure.lostContent(cause: "x").cause == "x")
        #expect(RequestFailure.moved(location: "https://ci.example/?job_token=secret").cause == nil)
    }

    @Test("a location cannot start another field")
    func injection() throws {
        let sent = try SentAnswer(Answer(.moved(location: "https://ci.example/\r\nSet-Cookie: a=b")))
        #expect(sent.values("Set-Cookie").isEmpty)
        #expect(sent.values("Location") == ["https://ci.example/Set-Cookie: a=b"])
    }

    private static func challenge(_ description: String) -> String {
        #"WWW-Authenticate: Bearer realm="Protected by OAuth 2.0", error="invalid_token", "#
            + #"error_description="\#(description)""#
    }
}
