public import Artifacts

/// A job with everything around it that the API shows of a job, as one statement fetched it.
///
/// Times are in microseconds since the Unix epoch.
public struct JobRecord: Sendable, Equatable {
    /// The job's number.
    public var id: Int64
    /// Its status.
    public var status: JobStatus
    /// The stage within its pipeline.
    public var stage: String
    /// Its name.
    public var name: String
    /// Percent, where reported.
    public var coverage: Double?
    /// Whether its failure does not fail the pipeline.
    public var allowFailure: Bool
    /// When it was created.
    public var createdAt: Int64
    /// When a runner took it, or `nil`.
    public var startedAt: Int64?
    /// When it ended, or `nil`.
    public var finishedAt: Int64?
    /// When its artifacts and log were erased, or `nil`.
    public var erasedAt: Int64?
    /// Seconds since it was started, up to its end where it has ended, or `nil`.
    public var duration: Double?
    /// Seconds that it waited for a runner, or `nil`.
    public var queuedDuration: Double?
    /// Why it failed, where known.
    public var failureReason: String?
    /// What it shows as the expiry of its artifacts; the rows' own decides.
    public var artifactsExpireAt: Int64?
    /// The tags by which runners are chosen.
    public var tags: [String]
    /// Whose job it is, or `nil`.
    public var user: User?
    /// The pipeline that it belongs to.
    public var pipeline: Pipeline
    /// The project that it belongs to.
    public var project: Project
    /// The artifact rows that are available, the oldest first.
    public var artifacts: [Artifact]

    /// Whose job it is, as far as everyone who reads the job may know.
    public struct User: Sendable, Equatable {
        /// The user's number.
        public var id: Int64
        /// Unique regardless of case.
        public var username: String
        /// The display name.
        public var name: String
        /// Whether the account lets the user in.
        public var state: UserState
        /// Whether it is the bot of a group or project access token.
        public var isBot: Bool
        /// When the user was added.
        public var createdAt: Int64
    }

    /// The pipeline of a job.
    public struct Pipeline: Sendable, Equatable {
        /// The pipeline's number.
        public var id: Int64
        /// Its number within the project.
        public var iid: Int64
        /// The branch, tag or merge-request ref.
        public var ref: String
        /// Whether the ref is a tag.
        public var isTag: Bool
        /// The commit, in lower-case hex.
        public var sha: String
        /// What started it.
        public var source: String
        /// Its status.
        public var status: PipelineStatus
        /// When it was created.
        public var createdAt: Int64
        /// When its status last changed.
        public var updatedAt: Int64
    }

    /// What a job shows of its project.
    public struct Project: Sendable, Equatable {
        /// The project's number.
        public var id: Int64
        /// The full path as written.
        public var path: String
        /// Whether the project limits where its own job tokens may go.
        public var limitsOutboundTokens: Bool
    }

    /// An available artifact row.
    public struct Artifact: Sendable, Equatable {
        /// The row's type, which has one format.
        public var type: FileType
        /// Number of bytes.
        public var size: Int64
        /// The name that a download is given.
        public var filename: String
    }
}
