public import Artifacts

/// What is to be published, and where: the command line, read and checked.
public struct PublishRequest: Sendable {
    /// The pipeline that the job belongs to.
    public enum Pipeline: Equatable, Sendable {
        /// A new one.
        case create(ref: String, tag: Bool, sha: String?, source: String?)
        /// One that is open.
        case existing(Int64)
    }

    /// The job, and what it publishes.
    public struct Job: Sendable {
        /// Its name.
        public var name: String
        /// Its stage, or `nil` for the server's own.
        public var stage: String?
        /// Whether its failure does not fail the pipeline.
        public var allowFailure = false
        /// Whether it ends as failed.
        public var hasFailed = false
        /// What is published, as it was given.
        public var paths: [String]
        /// What is left out.
        public var excludes: [PathPattern] = []
        /// The type of the artifact.
        public var type = FileType.archive
        /// The name of the file.
        public var filename: String?
        /// When it expires, in the words of `expire_in`.
        public var expireIn: String?
        /// Who may read it, in the words of `accessibility`.
        public var access: String?

        /// Names a job.
        ///
        /// - Parameters:
        ///   - name: Its name.
        ///   - paths: What is published.
        public init(name: String, paths: [String]) {
            self.name = name
            self.paths = paths
        }
    }

    /// The server.
    public var server: ServerAddress
    /// The project's path or number.
    public var project: String
    /// The pipeline.
    public var pipeline: Pipeline
    /// The job; `nil` where only a pipeline is made or finished.
    public var job: Job?
    /// Whether the pipeline is finished in the end.
    public var finishes: Bool
    /// How many milliseconds all of it may take.
    public var timeLimit: Int64

    /// Puts a request together.
    ///
    /// - Parameters:
    ///   - server: The server.
    ///   - project: The project's path or number.
    ///   - pipeline: The pipeline.
    ///   - job: The job, if any.
    ///   - finishes: Whether the pipeline is finished in the end.
    ///   - timeLimit: How many milliseconds all of it may take.
    public init(
        server: ServerAddress,
        project: String,
        pipeline: Pipeline,
        job: Job?,
        finishes: Bool,
        timeLimit: Int64
    ) {
        self.server = server
        self.project = project
        self.pipeline = pipeline
        self.job = job
        self.finishes = finishes
        self.timeLimit = timeLimit
    }
}
