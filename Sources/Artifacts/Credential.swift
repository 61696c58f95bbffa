/// What the database knows of the credential that a request carried.
public enum Credential: Sendable, Equatable {
    /// An access token, valid or not.
    case accessToken(AccessTokenFacts)
    /// The token of a job, running or not.
    case jobToken(JobTokenFacts)
}

/// What decides whether an access token lets its user in.
public struct AccessTokenFacts: Sendable, Equatable {
    /// The token's number, for the audit trail.
    public var id: Int64
    /// Whether it was revoked.
    public var isRevoked: Bool
    /// Whether its expiry has passed.
    public var isExpired: Bool
    /// Whether it has the scope `api`.
    public var hasAPIScope: Bool
    /// Whether it has the scope `read_api`.
    public var hasReadAPIScope: Bool
    /// Its user.
    public var user: UserFacts

    /// Describes an access token.
    ///
    /// - Parameters:
    ///   - id: The token's number.
    ///   - isRevoked: Whether it was revoked.
    ///   - isExpired: Whether its expiry has passed.
    ///   - hasAPIScope: Whether it has the scope `api`.
    ///   - hasReadAPIScope: Whether it has the scope `read_api`.
    ///   - user: Its user.
    public init(
        id: Int64,
        isRevoked: Bool = false,
        isExpired: Bool = false,
        hasAPIScope: Bool = true,
        hasReadAPIScope: Bool = false,
        user: UserFacts
    ) {
        self.id = id
        self.isRevoked = isRevoked
        self.isExpired = isExpired
        self.hasAPIScope = hasAPIScope
        self.hasReadAPIScope = hasReadAPIScope
        self.user = user
    }
}

/// What decides whether a job token lets its job in.
public struct JobTokenFacts: Sendable, Equatable {
    /// The job that the token belongs to.
    public var jobID: Int64
    /// Whether the job runs and has not been erased.
    public var isLive: Bool
    /// The project of that job.
    public var sourceProjectID: Int64
    /// The full path of that project.
    public var sourceProjectPath: String
    /// The job's user, or `nil`.
    public var user: UserFacts?
    /// How the source and the target project let the token through.
    public var scope: JobTokenScope

    /// Describes a job token.
    ///
    /// - Parameters:
    ///   - jobID: The job that the token belongs to.
    ///   - isLive: Whether the job runs and has not been erased.
    ///   - sourceProjectID: The project of that job.
    ///   - sourceProjectPath: The full path of that project.
    ///   - user: The job's user, or `nil`.
    ///   - scope: How the source and the target project let the token through.
    public init(
        jobID: Int64,
        isLive: Bool,
        sourceProjectID: Int64,
        sourceProjectPath: String,
        user: UserFacts?,
        scope: JobTokenScope
    ) {
        self.jobID = jobID
        self.isLive = isLive
        self.sourceProjectID = sourceProjectID
        self.sourceProjectPath = sourceProjectPath
        self.user = user
        self.scope = scope
    }
}

/// What decides whether a user is let in, and how.
public struct UserFacts: Sendable, Equatable {
    /// The user's number.
    public var id: Int64
    /// Whether the account lets the user in.
    public var state: UserState
    /// Whether the user is an administrator.
    public var isAdmin: Bool
    /// Whether the user is an auditor.
    public var isAuditor: Bool
    /// Whether the user is external.
    public var isExternal: Bool

    /// Describes a user.
    ///
    /// - Parameters:
    ///   - id: The user's number.
    ///   - state: Whether the account lets the user in.
    ///   - isAdmin: Whether the user is an administrator.
    ///   - isAuditor: Whether the user is an auditor.
    ///   - isExternal: Whether the user is external.
    public init(
        id: Int64,
        state: UserState = .active,
        isAdmin: Bool = false,
        isAuditor: Bool = false,
        isExternal: Bool = false
    ) {
        self.id = id
        self.state = state
        self.isAdmin = isAdmin
        self.isAuditor = isAuditor
        self.isExternal = isExternal
    }
}
