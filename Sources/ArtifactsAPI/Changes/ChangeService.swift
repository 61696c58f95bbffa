internal import Artifacts
internal import ArtifactsPostgres
internal import Cryptography
internal import HTTPSemantics

/// Decides whether a caller may change artifacts.
///
/// The checks come in the order of the contract's section 1 for what is no GET: credentials, parameters, project, the
/// rights that need no job, the job, and then the rights that depend on it.
struct ChangeService: Sendable {
    let catalog: ChangeCatalog
    let externalURL: String

    /// A job that the caller may change the artifacts of.
    struct AdmittedJob {
        let admission: Admission
        let job: ChangeableJob
    }

    /// Finds a job whose artifacts the caller may keep.
    ///
    /// - Parameters:
    ///   - project: The raw segment that names the project.
    ///   - job: The raw segment that names the job.
    ///   - request: The request, with its credentials.
    /// - Returns: The job; whether it has an archive is not decided yet.
    /// - Throws: `RequestFailure` with the first check that fails.
    func jobToKeep(_ project: RawBytes, _ job: RawBytes, _ request: APIRequest) throws(RequestFailure) -> AdmittedJob {
        try admit(project, job, request) { project, job, caller in
            AccessPolicy.canKeep(
                project,
                archiveAccess: job?.archiveAccess,
                pushLevels: job?.pushLevels ?? [],
                caller
            )
        }
    }

    /// Finds a job whose artifacts the caller may delete.
    ///
    /// - Parameters:
    ///   - project: The raw segment that names the project.
    ///   - job: The raw segment that names the job.
    ///   - request: The request, with its credentials.
    /// - Returns: The job.
    /// - Throws: `RequestFailure` with the first check that fails.
    func jobToDelete(_ project: RawBytes, _ job: RawBytes, _ request: APIRequest) throws(RequestFailure) -> AdmittedJob
    {
        try admit(project, job, request) { project, _, caller in AccessPolicy.canDelete(project, caller) }
    }

    /// Finds a job that the caller may erase.
    ///
    /// - Parameters:
    ///   - project: The raw segment that names the project.
    ///   - job: The raw segment that names the job.
    ///   - request: The request, with its credentials.
    /// - Returns: The job; whether it can be erased is not decided yet.
    /// - Throws: `RequestFailure` with the first check that fails.
    func jobToErase(_ project: RawBytes, _ job: RawBytes, _ request: APIRequest) throws(RequestFailure) -> AdmittedJob {
        try admit(project, job, request) { project, job, caller in
            // As long as no job is known, it may be the caller's own.
            AccessPolicy.canErase(project, jobUserID: job.map(\.userID) ?? caller.userID, caller)
        }
    }

    /// Finds a project all of whose artifacts the caller may delete.
    ///
    /// - Parameters:
    ///   - project: The raw segment that names the project.
    ///   - request: The request, with its credentials.
    /// - Returns: Caller and project.
    /// - Throws: `RequestFailure` with the first check that fails.
    func projectToDelete(_ project: RawBytes, _ request: APIRequest) throws(RequestFailure) -> Admission {
        let (admission, _) = try admit(project, jobID: { () throws(RequestFailure) in 0 }, request)
        guard AccessPolicy.canDelete(admission.project, admission.caller) else { throw .denied(.forbidden) }
        return admission
    }

    typealias RawBytes = Route.RawBytes

    /// Asks a right twice: without the job, which decides whether the caller may hear of jobs at all, and with it.
    private func admit(
        _ project: RawBytes,
        _ job: RawBytes,
        _ request: APIRequest,
        _ isAllowed: (ProjectFacts, ChangeableJob?, Caller) -> Bool
    ) throws(RequestFailure) -> AdmittedJob {
        let parse = { () throws(RequestFailure) in try Self.jobID(job) }
        let (admission, found) = try admit(project, jobID: parse, request)
        guard isAllowed(admission.project, nil, admission.caller) else { throw .denied(.forbidden) }
        guard let found else { throw .missing(.job, reason: nil) }
        guard isAllowed(admission.project, found, admission.caller) else { throw .denied(.forbidden) }
        return AdmittedJob(admission: admission, job: found)
    }

    private func admit(
        _ project: RawBytes,
        jobID: () throws(RequestFailure) -> Int64,
        _ request: APIRequest
    ) throws(RequestFailure) -> (Admission, ChangeableJob?) {
        let token = try PresentedToken(request, acceptsJobTokens: false)
        guard let accessToken = token.access else { throw .denied(.unauthorized) }
        let names = Result { () throws(RequestFailure) in (try ProjectSelector(project), try jobID()) }
        let facts = try facts(try? names.get(), accessToken.bytes)
        do {
            try Authentication.check(.token, facts.access.credential, isReading: false)
        } catch {
            throw .denied(error)
        }
        _ = try names.get()
        let admission = try Admission(facts.access, token, in: project, request, externalURL: externalURL)
        return (admission, facts.job)
    }

    /// Names that cannot be read lead nowhere, but the credentials are looked up all the same.
    private func facts(
        _ names: (project: ProjectSelector, job: Int64)?,
        _ accessToken: [UInt8]
    ) throws(RequestFailure) -> ChangeFacts {
        do {
            return try catalog.facts(job: names?.job ?? 0, in: names?.project, accessToken: accessToken)
        } catch {
            throw .database(error)
        }
    }

    private static func jobID(_ segment: RawBytes) throws(RequestFailure) -> Int64 {
        guard case .job(let id) = try ReadParameters.job(segment) else { return 0 }
        return id
    }
}
