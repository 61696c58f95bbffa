internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import Postgres

/// Finds the archive that a request wants, and decides whether the caller may read it.
///
/// The checks come in the order of the contract's section 1, all over the facts of one statement.
struct ReadService: Sendable {
    let catalog: ReadCatalog
    let absences: AbsenceCatalog
    let externalURL: String

    /// Finds an archive and checks everything up to its availability.
    ///
    /// - Parameters:
    ///   - target: Which job's archive is wanted.
    ///   - project: The raw segment that names the project.
    ///   - request: The request, with its credentials.
    /// - Returns: The archive.
    /// - Throws: `RequestFailure` with the first check that fails.
    func archive(
        for target: ReadTarget,
        in project: ArraySlice<UInt8>,
        _ request: APIRequest
    ) throws(RequestFailure) -> ReadableArchive {
        let selector = try ProjectSelector(project)
        let token = try PresentedToken(request, acceptsJobTokens: true)
        let facts = try facts(for: target, in: selector, token)
        let caller = try caller(token, facts, request)
        if facts.projectHasMoved { throw moved(facts, project, request) }
        guard let jobID = facts.jobID else { throw try missingJob(target, facts) }
        guard AccessPolicy.canReadArtifact(facts.archive?.access, caller) else { throw .denied(.forbidden) }
        guard let row = facts.archive, row.isAvailable, let digest = SHA256Digest(bytes: row.content.digest) else {
            throw try missingArchive(jobID)
        }
        let content = ContentReference(id: row.content.id, digest: digest)
        return ReadableArchive(row: row, content: content, jobID: jobID)
    }

    private func facts(
        for target: ReadTarget,
        in project: ProjectSelector,
        _ token: PresentedToken
    ) throws(RequestFailure) -> ReadFacts {
        do {
            return try catalog.facts(
                for: target,
                in: project,
                accessToken: token.access?.bytes,
                jobToken: token.job?.bytes
            )
        } catch {
            throw .database(error)
        }
    }

    /// Credential, project and the right to read its builds.
    private func caller(
        _ token: PresentedToken,
        _ facts: ReadFacts,
        _ request: APIRequest
    ) throws(RequestFailure) -> Caller {
        do throws(Denial) {
            try Authentication.check(token.presented, facts.credential, isReading: request.method.isSafe)
            guard let project = facts.project else { throw Denial.projectNotFound }
            let caller = try Authentication.caller(facts.credential, role: facts.role, in: project)
            guard AccessPolicy.canSee(project, caller) else { throw Denial.projectNotFound }
            guard AccessPolicy.canReadBuilds(project, caller) else { throw Denial.forbidden }
            return caller
        } catch {
            throw .denied(error)
        }
    }

    /// The same request under the project's number, which no renaming changes.
    private func moved(_ facts: ReadFacts, _ segment: ArraySlice<UInt8>, _ request: APIRequest) -> RequestFailure {
        guard let project = facts.project else { return .denied(.projectNotFound) }
        let rest = String(decoding: request.target.path[segment.endIndex...], as: UTF8.self)
        let query = request.target.query.isEmpty ? "" : "?" + String(decoding: request.target.query, as: UTF8.self)
        return .moved(location: "\(externalURL)/api/v4/projects/\(project.id)\(rest)\(query)")
    }

    private func missingJob(_ target: ReadTarget, _ facts: ReadFacts) throws(RequestFailure) -> RequestFailure {
        guard case .latest(let ref, let jobName, let searchesRecent) = target, let project = facts.project else {
            return .missing(.job, reason: nil)
        }
        do {
            let reason = try absences.reason(project: project.id, ref: ref, jobName: jobName)
            return .missing(searchesRecent ? .jobInRecentPipelines : .job, reason: reason)
        } catch {
            throw .database(error)
        }
    }

    private func missingArchive(_ jobID: Int64) throws(RequestFailure) -> RequestFailure {
        do {
            return .missing(.file, reason: try absences.reason(job: jobID))
        } catch {
            throw .database(error)
        }
    }
}
