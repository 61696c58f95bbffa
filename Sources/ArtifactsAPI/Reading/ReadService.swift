internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import Postgres

/// Finds the archive or the report that a request wants, and decides whether the caller may read it.
///
/// The checks come in the order of the contract's section 1, all over the facts of one statement.
struct ReadService: Sendable {
    /// Fetches what decides about one read, from the database or from where there is none.
    typealias Lookup =
        @Sendable (ReadTarget, FileType, ProjectSelector, PresentedToken) throws(PostgresError) -> ReadFacts

    let lookup: Lookup
    let absences: AbsenceCatalog
    let externalURL: String

    /// Asks the database.
    static func asking(_ catalog: ReadCatalog) -> Lookup {
        { (target, fileType, project, token) throws(PostgresError) in
            try catalog.facts(
                for: target,
                fileType: fileType,
                in: project,
                accessToken: token.access?.bytes,
                jobToken: token.job?.bytes
            )
        }
    }

    /// Knows the same of every read.
    static func knowing(_ facts: ReadFacts) -> Lookup {
        { (_, _, _, _) throws(PostgresError) in facts }
    }

    /// Finds an archive, or a report instead of it, and checks everything up to its availability.
    ///
    /// - Parameters:
    ///   - target: Which job's artifact is wanted.
    ///   - fileType: The archive, or the report that is wanted instead.
    ///   - project: The raw segment that names the project.
    ///   - request: The request, with its credentials.
    ///   - missing: What the endpoint calls it where it is not there.
    /// - Returns: The archive or the report.
    /// - Throws: `RequestFailure` with the first check that fails.
    func archive(
        for target: ReadTarget,
        fileType: FileType = .archive,
        in project: ArraySlice<UInt8>,
        _ request: APIRequest,
        missing: RequestFailure.Missing = .file
    ) throws(RequestFailure) -> ReadableArchive {
        let selector = try ProjectSelector(project)
        let token = try PresentedToken(request, acceptsJobTokens: true)
        let facts = try facts(for: target, fileType, in: selector, token)
        let admission = try Admission(facts.access, token, in: project, request, externalURL: externalURL)
        guard let jobID = facts.jobID else { throw try missingJob(target, fileType, in: admission.project) }
        // An unavailable row restricts nothing: the answer must not depend on when a sweeper ran.
        let available = facts.archive.flatMap { $0.isAvailable ? $0 : nil }
        guard AccessPolicy.canReadArtifact(available?.access, admission.caller) else { throw .denied(.forbidden) }
        guard let row = available, let digest = SHA256Digest(bytes: row.content.digest) else {
            throw try absent(missing, fileType, jobID)
        }
        let content = ContentReference(id: row.content.id, digest: digest)
        return ReadableArchive(row: row, content: content, jobID: jobID, admission: admission)
    }

    private func facts(
        for target: ReadTarget,
        _ fileType: FileType,
        in project: ProjectSelector,
        _ token: PresentedToken
    ) throws(RequestFailure) -> ReadFacts {
        do {
            return try lookup(target, fileType, project, token)
        } catch {
            throw .database(error)
        }
    }

    private func missingJob(
        _ target: ReadTarget,
        _ fileType: FileType,
        in project: ProjectFacts
    ) throws(RequestFailure) -> RequestFailure {
        guard case .latest(let ref, let jobName, let searchesRecent) = target else {
            return .missing(.job, reason: nil)
        }
        do {
            let reason = try absences.reason(project: project.id, ref: ref, jobName: jobName, fileType: fileType)
            return .missing(searchesRecent ? .jobInRecentPipelines : .job, reason: reason)
        } catch {
            throw .database(error)
        }
    }

    private func absent(
        _ missing: RequestFailure.Missing,
        _ fileType: FileType,
        _ jobID: Int64
    ) throws(RequestFailure) -> RequestFailure {
        do {
            return .missing(missing, reason: try absences.reason(job: jobID, fileType: fileType))
        } catch {
            throw .database(error)
        }
    }
}
