public import Artifacts

/// A job that is to be made over the API.
public struct NewJob: Sendable, Equatable {
    /// The project of its pipeline.
    public var projectID: Int64
    /// The pipeline that it will belong to.
    public var pipelineID: Int64
    /// Its name.
    public var name: String
    /// Its stage.
    public var stage: String
    /// Whether its failure does not fail the pipeline.
    public var allowsFailure: Bool
    /// When it is run.
    public var when: JobWhen
    /// The tags by which runners are chosen.
    public var tags: [String]
    /// Whether it waits for its runner's first word, or runs already.
    public var isPending: Bool
    /// The job that it takes the place of, or `nil`.
    public var retryOf: Int64?
    /// Whose rights its token has.
    public var userID: Int64?
    /// SHA-256 of its token.
    public var tokenDigest: [UInt8]
    /// By what a repeated request is known, or `nil`.
    public var key: String?

    /// Describes a job.
    ///
    /// - Parameters:
    ///   - projectID: The project of its pipeline.
    ///   - pipelineID: The pipeline that it will belong to.
    ///   - name: Its name.
    ///   - stage: Its stage.
    ///   - allowsFailure: Whether its failure does not fail the pipeline.
    ///   - when: When it is run.
    ///   - tags: The tags by which runners are chosen.
    ///   - isPending: Whether it waits for its runner's first word.
    ///   - retryOf: The job that it takes the place of, or `nil`.
    ///   - userID: Whose rights its token has.
    ///   - tokenDigest: SHA-256 of its token.
    public init(
        projectID: Int64,
        pipelineID: Int64,
        name: String,
        stage: String = "test",
        allowsFailure: Bool = false,
        when: JobWhen = .onSuccess,
        tags: [String] = [],
        isPending: Bool = false,
        retryOf: Int64? = nil,
        userID: Int64? = nil,
        tokenDigest: [UInt8]
    ) {
        self.projectID = projectID
        self.pipelineID = pipelineID
        self.name = name
        self.stage = stage
        self.allowsFailure = allowsFailure
        self.when = when
        self.tags = tags
        self.isPending = isPending
        self.retryOf = retryOf
        self.userID = userID
        self.tokenDigest = tokenDigest
    }
}
