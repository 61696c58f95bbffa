internal import Artifacts
internal import HTTPSemantics

/// The one table that gives every failure its status, body and fields (the contract, sections 0 to 2).
struct ErrorResponse: Equatable {
    let status: Int
    /// The JSON members of the body, in order.
    let body: [(name: String, text: String)]
    /// Fields beyond those of every answer.
    var fields: [(name: StaticString, value: String)] = []

    init(status: Int, body: [(name: String, text: String)], fields: [(name: StaticString, value: String)]) {
        self.status = status
        self.body = body
        self.fields = fields
    }

    init(_ failure: RequestFailure) {
        switch failure {
        case .badRequest: self.init(400, message: "400 Bad request")
        case .malformedBody: self.init(400, error: "message body does not match declared format")
        case .unsupportedBody(let type):
            self.init(415, error: "The provided content-type '\(type)' is not supported.")
        case .parameters(let problems):
            self.init(400, error: problems.map(\.sentence).joined(separator: ", "))
        case .unknownRoute: self.init(404, error: "404 Not Found")
        case .methodNotAllowed(let allowed):
            self.init(405, error: "405 Not Allowed", [("Allow", allowed)])
        case .versionGone: self.init(410, error: "API V3 is no longer supported. Use API V4 instead.")
        case .denied(let denial): self.init(denial)
        case .moved(let location):
            // Without the location in the body: its query may hold a token.
            // A cache must not keep it either.
            let fields: [(StaticString, String)] = [("Location", location), ("Cache-Control", "private, no-cache")]
            self.init(301, message: "This resource has been moved permanently", fields)
        case .movedNeedsGet: self.init(405, message: "Non GET methods are not allowed for moved projects")
        case .missing(let what, let reason): self.init(what, reason)
        case .notErasable: self.init(403, message: "403 Forbidden - Job is not erasable!")
        case .pipelineFinished: self.init(403, message: "403 Forbidden - Pipeline has finished!")
        case .unprocessable(let sentence): self.init(422, message: "422 \(sentence)")
        case .preconditionFailed: self.init(412, message: "412 Precondition Failed")
        case .upload(let problem): self.init(problem)
        case .corruptArchive: self.init(500, message: "500 Archive is corrupt")
        case .unavailable: self.init(503, message: "503 Service Unavailable", [("Retry-After", "1")])
        case .internal, .lostContent: self.init(500, message: "500 Internal Server Error")
        }
    }

    /// The body as JSON.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for member in body {
            writer.key(text: member.name)
            writer.string(member.text)
        }
        writer.endObject()
        return writer.bytes
    }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.status == rhs.status && lhs.json == rhs.json
            && lhs.fields.map { "\($0.name): \($0.value)" } == rhs.fields.map { "\($0.name): \($0.value)" }
    }

    private init(_ status: Int, message: String, _ fields: [(StaticString, String)] = []) {
        self.status = status
        body = [("message", message)]
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    private init(_ status: Int, error: String, _ fields: [(StaticString, String)] = []) {
        self.status = status
        body = [("error", error)]
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    private init(_ missing: RequestFailure.Missing, _ reason: AbsenceReason?) {
        let fields = reason.map { [("X-Artifact-Reason" as StaticString, $0.rawValue)] } ?? []
        switch missing {
        case .job: self.init(404, message: "404 Not found", fields)
        case .jobInRecentPipelines: self.init(404, message: "404 Job Not Found", fields)
        case .file: self.init(404, message: "404 Not Found", fields)
        case .artifacts: self.init(404, message: "404 Artifacts Not Found", fields)
        case .path: self.init(404, message: "404 Path Not Found", fields)
        }
    }
}
