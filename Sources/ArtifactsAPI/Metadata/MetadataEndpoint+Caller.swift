internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics
internal import Postgres

/// What is asked without naming a project.
extension MetadataEndpoint {
    /// `GET /version`: for anyone whose token is good, as in GitLab.
    func version(_ request: APIRequest) throws(RequestFailure) -> Answer {
        _ = try caller(request, acceptsJobTokens: false)
        return Answer { VersionDocument.append(release: release, to: &$0) }
    }

    /// `GET /user`: whose the access token is.
    func user(_ request: APIRequest) throws(RequestFailure) -> Answer {
        guard case .accessToken(let token) = try caller(request, acceptsJobTokens: false) else {
            throw .denied(.unauthorized)
        }
        let user = try asking { () throws(PostgresError) in try catalog.users.user(token.user.id) }
        guard let user else { throw .denied(.unauthorized) }
        return Answer { UserDocument.append(user, to: &$0, externalURL: externalURL) }
    }

    /// `GET /job`: whose the job token is.
    func currentJob(_ request: APIRequest) throws(RequestFailure) -> Answer {
        guard case .jobToken(let token) = try caller(request, acceptsJobTokens: true) else {
            throw .denied(.unauthorized)
        }
        let job = try asking { () throws(PostgresError) in try catalog.jobs.jobs(ids: [token.jobID]).first }
        guard let job else { throw .denied(.unauthorized) }
        return Answer { JobDocument.append(job, to: &$0, externalURL: externalURL) }
    }
}
