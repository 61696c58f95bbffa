/// Who asks, with the role that counts in the project that is asked for.
public struct Caller: Sendable, Equatable {
    /// The user's number, or `nil` for an anonymous caller and for a job without a user.
    public var userID: Int64?
    /// Whether a valid credential was given; that of a job without a user is one in the job's own project only.
    public var isSignedIn: Bool
    /// External users see internal projects only as members.
    public var isExternal: Bool
    /// Whether the user is an administrator and the credential lets that count.
    public var isAdmin: Bool
    /// Whether the user is an auditor and the credential lets that count.
    public var isAuditor: Bool
    /// The highest role that any membership gives in the project, or `nil`.
    public var role: Role?

    /// Describes a caller.
    ///
    /// - Parameters:
    ///   - userID: The user's number, or `nil`.
    ///   - isSignedIn: Whether a valid credential was given.
    ///   - isExternal: Whether the user is external.
    ///   - isAdmin: Whether the right of administrators counts.
    ///   - isAuditor: Whether the right of auditors counts.
    ///   - role: The effective role in the project, or `nil`.
    public init(
        userID: Int64? = nil,
        isSignedIn: Bool = true,
        isExternal: Bool = false,
        isAdmin: Bool = false,
        isAuditor: Bool = false,
        role: Role? = nil
    ) {
        self.userID = userID
        self.isSignedIn = isSignedIn
        self.isExternal = isExternal
        self.isAdmin = isAdmin
        self.isAuditor = isAuditor
        self.role = role
    }

    /// A caller without credentials.
    public static let anonymous = Caller(isSignedIn: false)

    /// Whether the caller's membership gives at least a role.
    ///
    /// - Parameter least: The role that is asked for.
    /// - Returns: `false` without any membership.
    public func has(atLeast least: Role) -> Bool {
        role.map { $0 >= least } ?? false
    }

    /// The same caller as the project sees a stranger: signed in, with no membership and no flag.
    var asStranger: Caller {
        Caller(userID: userID, isSignedIn: isSignedIn, isExternal: isExternal)
    }
}
