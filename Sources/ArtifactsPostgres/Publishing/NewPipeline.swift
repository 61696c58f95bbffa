/// A pipeline that is to be made over the API.
public struct NewPipeline: Sendable, Equatable {
    /// The pipeline that starts another.
    public struct Parent: Sendable, Equatable {
        /// Its number.
        public var id: Int64
        /// The project that it belongs to.
        public var projectID: Int64

        /// Names a parent.
        ///
        /// - Parameters:
        ///   - id: Its number.
        ///   - projectID: The project that it belongs to.
        public init(id: Int64, projectID: Int64) {
            self.id = id
            self.projectID = projectID
        }
    }

    /// The project that it will belong to.
    public var projectID: Int64
    /// The branch, tag or merge-request ref, byte for byte.
    public var ref: String
    /// Whether the ref is a tag.
    public var isTag: Bool
    /// The commit, in lower-case hex.
    public var sha: String
    /// What started it.
    public var source: String
    /// The pipeline that started it, or `nil`.
    public var parent: Parent?
    /// Who makes it.
    public var userID: Int64?
    /// Whether the instance keeps the latest artifacts, where the project does.
    public var instanceKeepsLatest: Bool
    /// By what a repeated request is known, or `nil`.
    public var key: String?

    /// Describes a pipeline.
    ///
    /// - Parameters:
    ///   - projectID: The project that it will belong to.
    ///   - ref: The branch, tag or merge-request ref.
    ///   - isTag: Whether the ref is a tag.
    ///   - sha: The commit, in lower-case hex.
    ///   - source: What started it.
    ///   - parent: The pipeline that started it, or `nil`.
    ///   - userID: Who makes it.
    ///   - instanceKeepsLatest: Whether the instance keeps the latest artifacts, where the project does.
    public init(
        projectID: Int64,
        ref: String,
        isTag: Bool = false,
        sha: String = String(repeating: "0", count: 40),
        source: String = "api",
        parent: Parent? = nil,
        userID: Int64? = nil,
        instanceKeepsLatest: Bool = true
    ) {
        self.projectID = projectID
        self.ref = ref
        self.isTag = isTag
        self.sha = sha
        self.source = source
        self.parent = parent
        self.userID = userID
        self.instanceKeepsLatest = instanceKeepsLatest
    }
}
