import Artifacts
import ArtifactsPostgres
import Cryptography
import HTTPSemantics

/// The fields of an event as text.
struct AuditFields {
    private let entry: AuditEntry

    init(_ entry: AuditEntry) { self.entry = entry }

    /// The names of ``values``: the columns of the table.
    static let names = [
        "id", "created_at", "action", "user_id", "username", "token_id", "token_job_id", "project_id", "project_path",
        "job_id", "file_type", "paths", "sha256", "delivery", "status", "address", "request_id",
        "size", "pipeline_id",
    ]

    /// All fields, an absent one empty.
    var values: [String] {
        let event = entry.event
        return [
            String(event.id), Timestamp.format(microseconds: event.createdAt), event.action.rawValue,
            Self.text(event.actor.userID), entry.username ?? "", Self.text(event.actor.accessTokenID),
            Self.text(event.actor.tokenJobID), String(event.projectID), event.projectPath, Self.text(event.jobID),
            event.subject.fileType ?? "", event.subject.paths.joined(separator: "\n"),
            event.subject.digest.map { Hex.encode($0) } ?? "", event.delivery?.rawValue ?? "", String(event.status),
            event.address ?? "", event.requestID, Self.text(event.subject.size), Self.text(event.subject.pipelineID),
        ]
    }

    static let headings = [
        "TIME", "ACTION", "USER", "CREDENTIAL", "PROJECT", "JOB", "ARTIFACT", "DELIVERY", "STATUS", "ADDRESS",
        "REQUEST",
    ]

    /// What a reader wants to see, an absent field a hyphen; safe to print.
    var columns: [String] {
        let event = entry.event
        return [
            Timestamp.format(microseconds: event.createdAt), event.action.rawValue, user, credential, event.projectPath,
            job, artifact, event.delivery?.rawValue ?? "-", String(event.status),
            event.address ?? "-", event.requestID,
        ].map(TerminalText.escaped)
    }

    private var user: String { entry.username ?? entry.event.actor.userID.map { "#\($0)" } ?? "-" }

    private var credential: String {
        let actor = entry.event.actor
        if let token = actor.accessTokenID { return "token \(token)" }
        return actor.tokenJobID.map { "job \($0)" } ?? "-"
    }

    private var job: String {
        let event = entry.event
        return event.jobID.map { String($0) } ?? event.subject.pipelineID.map { "of \($0)" } ?? "all"
    }

    private var artifact: String {
        let subject = entry.event.subject
        guard let type = subject.fileType else { return "-" }
        return subject.paths.isEmpty ? type : "\(type): \(subject.paths.joined(separator: ", "))"
    }

    private static func text(_ number: Int64?) -> String { number.map { String($0) } ?? "" }
}
