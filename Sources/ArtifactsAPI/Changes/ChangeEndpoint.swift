internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics
internal import Postgres

/// Answers what changes artifacts: keep, delete, erase and the deletion of a project's artifacts.
///
/// The bodies that some clients send with these requests are neither needed nor read.
struct ChangeEndpoint: Sendable {
    private let catalog: ChangeCatalog
    private let service: ChangeService
    private let externalURL: String
    private let audit: AuditRecorder
    private let wakeSweeper: @Sendable () -> Void

    /// Makes the endpoint.
    ///
    /// - Parameters:
    ///   - catalog: Looks up what decides, and makes the changes.
    ///   - audit: Records changes.
    ///   - externalURL: What every URL that is handed out starts with, without a slash at its end.
    ///   - wakeSweeper: Called when there is something for the sweeper to do.
    init(
        catalog: ChangeCatalog,
        audit: AuditRecorder,
        externalURL: String,
        wakeSweeper: @escaping @Sendable () -> Void
    ) {
        self.catalog = catalog
        self.externalURL = externalURL
        self.audit = audit
        self.wakeSweeper = wakeSweeper
        service = ChangeService(catalog: catalog, externalURL: externalURL)
    }

    /// Makes a change.
    ///
    /// - Parameters:
    ///   - route: What is to be changed.
    ///   - request: The request.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` where nothing was changed.
    func answer(_ route: ChangeRoute, _ request: APIRequest) throws(RequestFailure) -> Answer {
        switch route {
        case .keep(let project, let job): try keep(service.jobToKeep(project, job, request), request)
        case .deleteArtifacts(let project, let job): try delete(service.jobToDelete(project, job, request), request)
        case .erase(let project, let job): try erase(service.jobToErase(project, job, request), request)
        case .deleteProjectArtifacts(let project): try deleteAll(service.projectToDelete(project, request), request)
        }
    }

    private func keep(_ admitted: ChangeService.AdmittedJob, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let change = change(.keep, admitted, status: 200, request)
        let outcome = try change.run { record throws(PostgresError) in
            try catalog.keep(job: admitted.job.id, recording: record)
        }
        switch outcome {
        case .kept(let job):
            change.committed()
            return document(job, status: 200)
        case .noArchive: throw .missing(.file, reason: nil)
        case .noJob: throw .missing(.job, reason: nil)
        }
    }

    private func delete(_ admitted: ChangeService.AdmittedJob, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let change = change(.delete, admitted, status: 204, request)
        let isFound = try change.run { record throws(PostgresError) in
            try catalog.delete(job: admitted.job.id, recording: record)
        }
        guard isFound else { throw .missing(.job, reason: nil) }
        change.committed()
        return Answer(status: 204, fields: HeaderBlock(minimumCapacity: 0), body: .empty)
    }

    private func erase(_ admitted: ChangeService.AdmittedJob, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let change = change(.erase, admitted, status: 201, request)
        let outcome = try change.run { record throws(PostgresError) in
            try catalog.erase(job: admitted.job.id, recording: record)
        }
        switch outcome {
        case .erased(let job):
            change.committed()
            return document(job, status: 201)
        case .notErasable: throw .notErasable
        case .noJob: throw .missing(.job, reason: nil)
        }
    }

    private func deleteAll(_ admission: Admission, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let (project, user) = (admission.project.id, admission.caller.userID)
        let change = AuditedChange(audit.event(.delete, admission, job: nil, status: 202, request), audit.trail)
        try change.run { record throws(PostgresError) in
            try catalog.requestDeletion(project: project, user: user, recording: record)
        }
        change.committed()
        wakeSweeper()
        var writer = JSONWriter(minimumCapacity: 32)
        writer.object { $0.member("message", "202 Accepted") }
        return Self.json(writer, status: 202)
    }

    private func change(
        _ action: AuditAction,
        _ admitted: ChangeService.AdmittedJob,
        status: Int,
        _ request: APIRequest
    ) -> AuditedChange {
        let subject = AuditSubject(digest: admitted.job.archiveDigest)
        let event = audit.event(action, admitted.admission, job: admitted.job.id, subject, status: status, request)
        return AuditedChange(event, audit.trail)
    }

    private func document(_ job: JobRecord, status: Int) -> Answer {
        var writer = JSONWriter(minimumCapacity: 2048)
        JobDocument.append(job, to: &writer, externalURL: externalURL)
        return Self.json(writer, status: status)
    }

    private static func json(_ writer: JSONWriter, status: Int) -> Answer {
        var fields = HeaderBlock(minimumCapacity: 64)
        fields.append("Content-Type", "application/json")
        return Answer(status: status, fields: fields, body: .bytes(writer.bytes))
    }
}
