/// The names of the routes in metrics and logs: a closed list, never a part of a request target.
public enum RouteName: String, Sendable, CaseIterable {
    /// The archive of a job.
    case jobArchive = "job_archive"
    /// One file of a job's archive.
    case jobFile = "job_file"
    /// The archive of the latest job of a ref.
    case refArchive = "ref_archive"
    /// One file of that archive.
    case refFile = "ref_file"
    /// What the archive of a job holds.
    case tree
    /// Keeping a job's artifacts.
    case keep
    /// Deleting a job's artifacts.
    case deleteArtifacts = "delete_artifacts"
    /// Erasing a job.
    case erase
    /// Deleting the artifacts of a project.
    case deleteProjectArtifacts = "delete_project_artifacts"
    /// What this server is.
    case version
    /// Who the caller is.
    case user
    /// The job whose token was given.
    case currentJob = "current_job"
    /// A project.
    case project
    /// The jobs of a project.
    case jobs
    /// A job.
    case job
    /// The log of a job.
    case trace
    /// The pipelines of a project.
    case pipelines
    /// A pipeline.
    case pipeline
    /// The jobs of a pipeline.
    case pipelineJobs = "pipeline_jobs"
    /// Whether an upload would be accepted.
    case authorizeUpload = "authorize_upload"
    /// An upload.
    case upload
    /// An archive, asked for with a job token.
    case runnerArchive = "runner_archive"
    /// The state of a job, told by its runner.
    case updateJob = "update_job"
    /// A piece of a job's log.
    case appendTrace = "append_trace"
    /// A new pipeline.
    case createPipeline = "create_pipeline"
    /// The end of a pipeline made over the API.
    case updatePipeline = "update_pipeline"
    /// A new job.
    case createJob = "create_job"
    /// The description of this API.
    case openAPI = "openapi"

    /// The route's place in the list, by which it is counted.
    var index: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}
