/// The routes that clients ask around artifacts, all of them GET (and HEAD).
enum MetadataRoute: Equatable {
    typealias RawBytes = Route.RawBytes

    /// What this server is: `version`.
    case version
    /// Who the caller is: `user`.
    case user
    /// The job whose token was given: `job`.
    case currentJob
    /// A project: `projects/:id`.
    case project(RawBytes)
    /// The jobs of a project: `projects/:id/jobs`.
    case jobs(project: RawBytes)
    /// A job: `projects/:id/jobs/:job_id`.
    case job(project: RawBytes, job: RawBytes)
    /// The log of a job: `projects/:id/jobs/:job_id/trace`.
    case trace(project: RawBytes, job: RawBytes)
    /// The pipelines of a project: `projects/:id/pipelines`.
    case pipelines(project: RawBytes)
    /// A pipeline: `projects/:id/pipelines/:pipeline_id`.
    case pipeline(project: RawBytes, pipeline: RawBytes)
    /// The jobs of a pipeline: `projects/:id/pipelines/:pipeline_id/jobs`.
    case pipelineJobs(project: RawBytes, pipeline: RawBytes)

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .version: .version
        case .user: .user
        case .currentJob: .currentJob
        case .project: .project
        case .jobs: .jobs
        case .job: .job
        case .trace: .trace
        case .pipelines: .pipelines
        case .pipeline: .pipeline
        case .pipelineJobs: .pipelineJobs
        }
    }
}
