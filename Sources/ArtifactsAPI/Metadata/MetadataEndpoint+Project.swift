internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics
internal import Postgres

/// What is asked of a project and its pipelines.
extension MetadataEndpoint {
    /// `GET /projects/:id`.
    func project(_ project: ArraySlice<UInt8>, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let wantsStatistics = try ListParameters.statistics(request.query)
        let admission = try admit(project, request)
        // Memberships count for nothing where a job token is out of its scope.
        let userID = admission.caller.role == nil ? nil : admission.caller.userID
        let record = try asking { () throws(PostgresError) in
            try catalog.projects.project(admission.project.id, for: userID)
        }
        guard let record else { throw .denied(.projectNotFound) }
        let document = ProjectDocument(
            facts: admission.project,
            record: record,
            showsPermissions: admission.caller.isSignedIn,
            showsStatistics: wantsStatistics && AccessPolicy.canReadStatistics(admission.caller),
            externalURL: externalURL
        )
        return Answer { document.append(to: &$0) }
    }

    /// `GET /projects/:id/pipelines`.
    func pipelines(_ project: ArraySlice<UInt8>, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let (filter, page) = try ListParameters.pipelines(request.query)
        let project = try admit(project, request).project
        let (list, pipelines) = try asking { () throws(PostgresError) in
            let list = try catalog.pipelines.page(project: project.id, filter, page.window)
            return (list, try catalog.pipelines.summaries(ids: list.ids))
        }
        let document = document(of: project)
        let link = PageLink(request, externalURL: externalURL)
        return Answer(page, total: list.total, link, pipelines) { document.append($0, to: &$1) }
    }

    /// `GET /projects/:id/pipelines/:pipeline_id`.
    func pipeline(
        _ pipeline: ArraySlice<UInt8>,
        _ project: ArraySlice<UInt8>,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let id = try ListParameters.id(pipeline, "pipeline_id")
        let project = try admit(project, request).project
        let record = try asking { () throws(PostgresError) in
            try catalog.pipelines.pipeline(id, project: project.id)
        }
        guard let record else { throw .missing(.job, reason: nil) }
        return Answer { document(of: project).append(record, to: &$0) }
    }

    private func document(of project: ProjectFacts) -> PipelineDocument {
        PipelineDocument(projectID: project.id, path: project.path, externalURL: externalURL)
    }
}
