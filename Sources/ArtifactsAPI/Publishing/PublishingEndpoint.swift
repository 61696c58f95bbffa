internal import Artifacts
internal import ArtifactsPostgres
internal import Cryptography
internal import FastCGI
internal import HTTPSemantics
internal import Postgres

/// Makes and ends pipelines and jobs for any CI system (the contract, section 8).
struct PublishingEndpoint: Sendable {
    let service: PublishingService
    let audit: AuditRecorder
    /// Whether the instance keeps the latest artifacts.
    let keepsLatestArtifact: Bool

    private var catalog: PublishingCatalog { service.catalog }

    /// Answers a request on one of the routes.
    ///
    /// - Parameters:
    ///   - route: The route.
    ///   - request: The request.
    ///   - exchange: Where the body comes from.
    ///   - buffer: Where it is read to.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` with the first check that fails.
    func answer(
        _ route: PublishingRoute,
        _ request: APIRequest,
        _ exchange: Exchange,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> Answer {
        let incoming = PublishingService.Incoming(request: request, exchange: exchange, buffer: buffer)
        return switch route {
        case .createPipeline(let project): try createPipeline(project, incoming)
        case .updatePipeline(let project, let pipeline): try endPipeline(pipeline, project, incoming)
        case .createJob(let project, let pipeline): try createJob(pipeline, project, incoming)
        }
    }

    private func createPipeline(
        _ project: ArraySlice<UInt8>,
        _ incoming: PublishingService.Incoming
    ) throws(RequestFailure) -> Answer {
        var key: IdempotencyKey?
        let admitted = try service.admit(project, incoming) { parameters throws(RequestFailure) in
            key = try IdempotencyKey(incoming.request)
            return try PipelineParameters(parameters)
        }
        let (admission, parameters) = (admitted.admission, admitted.parameters)
        let parent = try service.parent(parameters.parentID, of: admitted)
        var pipeline = NewPipeline(
            projectID: admission.project.id,
            ref: parameters.ref,
            isTag: parameters.isTag,
            sha: parameters.sha,
            source: parameters.source ?? Self.source(parent, in: admission.project),
            parent: parent,
            userID: admission.caller.userID,
            instanceKeepsLatest: keepsLatestArtifact
        )
        pipeline.key = try key?.stored(for: admitted.token)
        let change = AuditedChange(
            audit.event(.createPipeline, admission, job: nil, status: 201, incoming.request),
            audit.trail
        )
        let made = try change.publishing { record throws(PublishingFailure) in
            try catalog.create(pipeline) { connection, id throws(PostgresError) in
                change.event.subject.pipelineID = id
                try record(connection)
            }
        }
        // Not if it had been made before.
        if change.event.subject.pipelineID != nil { change.committed() }
        return document(made, admission.project, status: 201)
    }

    private static func source(_ parent: NewPipeline.Parent?, in project: ProjectFacts) -> String {
        guard let parent else { return "api" }
        return PipelineSource.standard(hasParent: true, parentIsInSameProject: parent.projectID == project.id)
    }

    private func endPipeline(
        _ pipeline: ArraySlice<UInt8>,
        _ project: ArraySlice<UInt8>,
        _ incoming: PublishingService.Incoming
    ) throws(RequestFailure) -> Answer {
        let admitted = try service.admit(project, incoming) { parameters throws(RequestFailure) in
            let id = try ListParameters.id(pipeline, "pipeline_id")
            try PipelineState.check(parameters)
            return id
        }
        let (admission, id) = (admitted.admission, admitted.parameters)
        let subject = AuditSubject(pipelineID: id)
        let change = AuditedChange(
            audit.event(.endPipeline, admission, job: nil, subject, status: 200, incoming.request),
            audit.trail
        )
        let ended = try change.publishing { record throws(PublishingFailure) in
            try catalog.finish(pipeline: id, project: admission.project.id, recording: record)
        }
        if ended.hasChanged { change.committed() }
        return document(ended.pipeline, admission.project, status: 200)
    }

    private func createJob(
        _ pipeline: ArraySlice<UInt8>,
        _ project: ArraySlice<UInt8>,
        _ incoming: PublishingService.Incoming
    ) throws(RequestFailure) -> Answer {
        var key: IdempotencyKey?
        let admitted = try service.admit(project, incoming) { parameters throws(RequestFailure) in
            key = try IdempotencyKey(incoming.request)
            return try JobParameters(parameters, in: pipeline)
        }
        let (admission, parameters) = (admitted.admission, admitted.parameters)
        let token =
            if let key {
                try NewJobToken(key, pipeline: parameters.pipelineID, for: admitted.token)
            } else {
                try NewJobToken()
            }
        let subject = AuditSubject(pipelineID: parameters.pipelineID)
        let change = AuditedChange(
            audit.event(.createJob, admission, job: nil, subject, status: 201, incoming.request),
            audit.trail
        )
        var job = NewJob(parameters, admission, token)
        job.key = try key?.stored(for: admitted.token)
        let made = try change.publishing { record throws(PublishingFailure) in
            try catalog.create(job) { connection, id throws(PostgresError) in
                change.event.jobID = id
                try record(connection)
            }
        }
        if change.event.jobID != nil { change.committed() }
        var answer = Answer {
            JobDocument.append(made, to: &$0, externalURL: service.externalURL, token: token.text)
        }
        answer.status = 201
        return answer
    }

    private func document(_ pipeline: PipelineRecord, _ project: ProjectFacts, status: Int) -> Answer {
        let document = PipelineDocument(
            projectID: project.id,
            path: project.path,
            externalURL: service.externalURL
        )
        var answer = Answer { document.append(pipeline, to: &$0) }
        answer.status = status
        return answer
    }
}

extension NewJob {
    fileprivate init(_ parameters: JobParameters, _ admission: Admission, _ token: NewJobToken) {
        self.init(
            projectID: admission.project.id,
            pipelineID: parameters.pipelineID,
            name: parameters.name,
            stage: parameters.stage,
            allowsFailure: parameters.allowsFailure,
            when: parameters.when,
            tags: parameters.tags,
            isPending: parameters.isPending,
            retryOf: parameters.retryOf,
            userID: admission.caller.userID,
            tokenDigest: token.digest.bytes
        )
    }
}
