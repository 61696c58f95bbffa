internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import Postgres

/// Answers what clients ask around artifacts: version, user, project, pipelines, jobs and their logs.
struct MetadataEndpoint: Sendable {
    let catalog: MetadataCatalog
    let store: ContentStore
    let audit: AuditRecorder
    let externalURL: String
    /// The release of this program.
    let release: String

    /// Makes the answer for a route.
    ///
    /// - Parameters:
    ///   - route: The route.
    ///   - request: The request, with its credentials.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` with the first check that fails.
    func answer(_ route: MetadataRoute, _ request: APIRequest) throws(RequestFailure) -> Answer {
        switch route {
        case .version: try version(request)
        case .user: try user(request)
        case .currentJob: try currentJob(request)
        case .project(let project): try self.project(project, request)
        case .jobs(let project): try jobs(project, request)
        case .job(let project, let job): try self.job(job, project, request)
        case .trace(let project, let job): try trace(job, project, request)
        case .pipelines(let project): try pipelines(project, request)
        case .pipeline(let project, let pipeline): try self.pipeline(pipeline, project, request)
        case .pipelineJobs(let project, let pipeline): try pipelineJobs(pipeline, project, request)
        }
    }

    /// Checks who asks, whether they see the project, and whether they may read its builds.
    func admit(_ project: ArraySlice<UInt8>, _ request: APIRequest) throws(RequestFailure) -> Admission {
        let selector = try ProjectSelector(project)
        let token = try PresentedToken(request, acceptsJobTokens: true)
        let facts = try facts(in: selector, token)
        return try Admission(facts, token, in: project, request, externalURL: externalURL)
    }

    /// Checks who asks where no project is named; without credentials nobody does.
    func caller(_ request: APIRequest, acceptsJobTokens: Bool) throws(RequestFailure) -> Credential {
        let token = try PresentedToken(request, acceptsJobTokens: acceptsJobTokens)
        let facts = try facts(in: nil, token)
        do throws(Denial) {
            try Authentication.check(token.presented, facts.credential, isReading: request.method.isSafe)
            guard let credential = facts.credential else { throw Denial.unauthorized }
            return credential
        } catch {
            throw .denied(error)
        }
    }

    /// Asks the database, and gives its failures their answer.
    func asking<R>(_ body: () throws(PostgresError) -> R) throws(RequestFailure) -> R {
        do { return try body() } catch { throw .database(error) }
    }

    private func facts(in project: ProjectSelector?, _ token: PresentedToken) throws(RequestFailure) -> AccessFacts {
        try asking { () throws(PostgresError) in
            try catalog.access.facts(in: project, accessToken: token.access?.bytes, jobToken: token.job?.bytes)
        }
    }
}
