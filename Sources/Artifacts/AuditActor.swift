/// Who did what the audit trail tells: a user and the credential, or nobody that is known.
public struct AuditActor: Sendable, Equatable {
    /// The user's number; `nil` for an anonymous caller and for the token of a job without a user.
    public var userID: Int64?
    /// The number of the access token, or `nil`.
    public var accessTokenID: Int64?
    /// The job whose token it was, or `nil`.
    public var tokenJobID: Int64?

    /// Describes who did something.
    ///
    /// - Parameters:
    ///   - userID: The user's number, or `nil`.
    ///   - accessTokenID: The number of the access token, or `nil`.
    ///   - tokenJobID: The job whose token it was, or `nil`.
    public init(userID: Int64? = nil, accessTokenID: Int64? = nil, tokenJobID: Int64? = nil) {
        self.userID = userID
        self.accessTokenID = accessTokenID
        self.tokenJobID = tokenJobID
    }

    /// Names who holds a credential, by numbers only: never the token or its digest.
    ///
    /// - Parameter credential: The credential that was accepted, or `nil` for an anonymous caller.
    public init(_ credential: Credential?) {
        switch credential {
        case .accessToken(let token): self.init(userID: token.user.id, accessTokenID: token.id)
        case .jobToken(let token): self.init(userID: token.user?.id, tokenJobID: token.jobID)
        case nil: self.init()
        }
    }
}
