/// The rules of who a request's credential makes the caller.
public enum Authentication {
    /// The credentials that a request carried, before the database was asked.
    public enum Presented: Sendable, Equatable {
        /// None: the caller is anonymous.
        case nothing
        /// Some token, whether or not it is known.
        case token
    }

    /// Checks a credential and its user, regardless of any project.
    ///
    /// The order is GitLab's: a token that expired and was revoked has expired.
    ///
    /// - Parameters:
    ///   - presented: Whether the request carried a credential.
    ///   - credential: What the database knows of it, or `nil`.
    ///   - isReading: Whether the method is GET or HEAD, for which the scope `read_api` will do.
    /// - Throws: ``Denial`` where the credential lets nobody in; there is no fall-back to anonymous.
    public static func check(
        _ presented: Presented,
        _ credential: Credential?,
        isReading: Bool
    ) throws(Denial) {
        switch credential {
        case nil:
            if presented != .nothing { throw .unauthorized }
        case .accessToken(let token):
            if token.isExpired { throw .tokenExpired }
            if token.isRevoked { throw .tokenRevoked }
            guard token.hasAPIScope || (isReading && token.hasReadAPIScope) else { throw .insufficientScope }
            try check(token.user)
        case .jobToken(let token):
            guard token.isLive else { throw .unauthorized }
            if let user = token.user { try check(user) }
        }
    }

    /// Makes the caller of a project out of a credential that was checked before.
    ///
    /// With a job token neither the flag of admins nor of auditors counts, and out of its scope no membership does. Without
    /// a user it stands for nobody who could be signed in: other projects see an anonymous caller.
    ///
    /// - Parameters:
    ///   - credential: The checked credential, or `nil` for an anonymous caller.
    ///   - role: The highest role that any membership of its user gives in the project, or `nil`.
    ///   - project: The project that is asked for.
    /// - Returns: The caller, as the access rules see them.
    /// - Throws: ``Denial`` where the project does not let the job token in.
    public static func caller(
        _ credential: Credential?,
        role: Role?,
        in project: ProjectFacts
    ) throws(Denial) -> Caller {
        switch credential {
        case nil:
            return .anonymous
        case .accessToken(let token):
            let user = token.user
            return Caller(
                userID: user.id,
                isExternal: user.isExternal,
                isAdmin: user.isAdmin,
                isAuditor: user.isAuditor,
                role: role
            )
        case .jobToken(let token):
            let member = Caller(
                userID: token.user?.id,
                isSignedIn: token.user != nil || token.sourceProjectID == project.id,
                isExternal: token.user?.isExternal ?? false,
                role: role
            )
            return try caller(of: token, member, in: project)
        }
    }

    private static func check(_ user: UserFacts) throws(Denial) {
        guard user.state == .active else { throw .userNotActive(user.state) }
    }

    private static func caller(
        of token: JobTokenFacts,
        _ member: Caller,
        in project: ProjectFacts
    ) throws(Denial) -> Caller {
        if token.sourceProjectID == project.id { return member }
        guard token.scope.isOpen(to: project.visibility) else {
            if AccessPolicy.canSee(project, member.asStranger) { return member.asStranger }
            guard member.has(atLeast: .guest) else { throw .projectNotFound }
            throw .jobTokenNotAllowed(
                source: lastComponent(token.sourceProjectPath),
                target: lastComponent(project.path)
            )
        }
        if token.scope.lacksReadingJobs {
            guard AccessPolicy.canSee(project, member) else { throw .projectNotFound }
            throw .jobTokenLacksPolicy(path: project.path, policy: "read_jobs")
        }
        return member
    }

    private static func lastComponent(_ path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }
}
