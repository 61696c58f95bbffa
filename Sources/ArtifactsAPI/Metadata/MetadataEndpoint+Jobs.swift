internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics
internal import Postgres

/// What is asked of jobs.
extension MetadataEndpoint {
    /// `GET /projects/:id/jobs`.
    func jobs(_ project: ArraySlice<UInt8>, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let (filter, page) = try ListParameters.jobs(request.query)
        let project = try admit(project, request).project
        let list = try asking { () throws(PostgresError) in
            try catalog.jobLists.jobs(project: project.id, filter, page.window)
        }
        return try answer(page, list, request)
    }

    /// `GET /projects/:id/pipelines/:pipeline_id/jobs`.
    func pipelineJobs(
        _ pipeline: ArraySlice<UInt8>,
        _ project: ArraySlice<UInt8>,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let id = try ListParameters.id(pipeline, "pipeline_id")
        let (filter, page) = try ListParameters.jobs(request.query)
        let project = try admit(project, request).project
        let list = try asking { () throws(PostgresError) -> ListPage? in
            guard try catalog.pipelines.has(id, project: project.id) else { return nil }
            return try catalog.jobLists.jobs(pipeline: id, filter, page.window)
        }
        guard let list else { throw .missing(.job, reason: nil) }
        return try answer(page, list, request)
    }

    /// `GET /projects/:id/jobs/:job_id`.
    func job(
        _ job: ArraySlice<UInt8>,
        _ project: ArraySlice<UInt8>,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let id = try ListParameters.id(job, "job_id")
        let project = try admit(project, request).project
        let found = try asking { () throws(PostgresError) in try catalog.jobs.jobs(ids: [id]).first }
        guard let found, found.project.id == project.id else { throw .missing(.job, reason: nil) }
        return Answer { JobDocument.append(found, to: &$0, externalURL: externalURL) }
    }

    private func answer(
        _ page: Pagination,
        _ list: ListPage,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let jobs = try asking { () throws(PostgresError) in try catalog.jobs.jobs(ids: list.ids) }
        let link = PageLink(request, externalURL: externalURL)
        return Answer(page, total: list.total, link, jobs) { JobDocument.append($0, to: &$1, externalURL: externalURL) }
    }
}
