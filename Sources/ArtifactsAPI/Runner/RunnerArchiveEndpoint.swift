internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import Postgres

/// Hands a job's archive to the holders of job tokens: `GET jobs/:id/artifacts`.
struct RunnerArchiveEndpoint: Sendable {
    private let catalog: RunnerArchiveCatalog
    private let absences: AbsenceCatalog
    /// As the operator chose, for clients that say that they follow a redirect, and for the others without one.
    private let archives: (direct: ArchiveEndpoint, plain: ArchiveEndpoint)
    private let audit: AuditRecorder

    init(_ parts: EdgeParts, audit: AuditRecorder) {
        catalog = RunnerArchiveCatalog(pool: parts.pool)
        absences = AbsenceCatalog(pool: parts.pool)
        archives = (
            direct: ArchiveEndpoint(store: parts.store, delivery: parts.delivery),
            plain: ArchiveEndpoint(store: parts.store, delivery: parts.delivery.withoutRedirect)
        )
        self.audit = audit
    }

    /// Makes the answer to a request.
    ///
    /// - Parameters:
    ///   - segment: The raw segment that names the job.
    ///   - request: The request.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` with the first check that fails.
    func answer(_ segment: ArraySlice<UInt8>, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let job = try UploadSession.jobID(segment)
        let isDirect = try Self.isDirect(request.query)
        let archive = try archive(of: job, request)
        let answer = try (isDirect ? archives.direct : archives.plain).answer(archive, request)
        return try audit.download(answer, of: archive, request)
    }

    /// The access level of the row does not apply: what a job leaves is for the jobs behind it.
    private func archive(of job: Int64, _ request: APIRequest) throws(RequestFailure) -> ReadableArchive {
        guard let token = try UploadToken.outsideBody(of: request) else { throw .denied(.unauthorized) }
        let facts: ReadFacts
        do { facts = try catalog.facts(job: job, token: token.bytes) } catch { throw .database(error) }
        let access = facts.access
        let caller: Caller
        do {
            caller = try RunnerPolicy.admit(
                access.credential,
                toArchiveOf: facts.jobID,
                in: access.project,
                role: access.role
            )
        } catch {
            throw .denied(error)
        }
        guard let jobID = facts.jobID, let project = access.project else { throw .denied(.forbidden) }
        guard let row = facts.archive, row.isAvailable, let digest = SHA256Digest(bytes: row.content.digest) else {
            throw try absent(jobID)
        }
        return ReadableArchive(
            row: row,
            content: ContentReference(id: row.content.id, digest: digest),
            jobID: jobID,
            admission: Admission(project: project, caller: caller, credential: access.credential)
        )
    }

    private func absent(_ job: Int64) throws(RequestFailure) -> RequestFailure {
        do { return .missing(.file, reason: try absences.reason(job: job)) } catch { throw .database(error) }
    }

    private static func isDirect(_ query: Query) throws(RequestFailure) -> Bool {
        guard let text = query.last("direct_download"), !text.isEmpty else { return false }
        guard let isDirect = ParameterValue.boolean(text) else { throw .parameters([.invalid("direct_download")]) }
        return isDirect
    }
}

extension ArchiveDelivery {
    /// The same for a client that may not be sent on to a signed URL.
    fileprivate var withoutRedirect: ArchiveDelivery {
        switch self {
        case .accel: self
        case .redirect: .accel(inlineBelow: 0)
        }
    }
}
