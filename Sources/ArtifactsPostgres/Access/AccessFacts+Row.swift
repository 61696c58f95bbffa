internal import Artifacts
internal import Postgres

extension AccessFacts {
    /// Decodes the columns of ``AccessStatement``, in their order.
    init(columns: inout RowCursor) throws(PostgresError) {
        let accessToken = try AccessTokenColumns(&columns)
        let jobToken = try JobTokenColumns(&columns)
        let user = try UserFacts(columns: &columns)
        let project = try ProjectColumns(&columns)
        credential = Self.credential(accessToken, jobToken, user, inboundIsLimited: project.inboundIsLimited)
        self.project = project.facts
        projectHasMoved = try columns.bool()
        role = try columns.optionalInt64().flatMap { Role(rawValue: Int16(truncatingIfNeeded: $0)) }
    }

    private static func credential(
        _ accessToken: AccessTokenColumns?,
        _ jobToken: JobTokenColumns?,
        _ user: UserFacts?,
        inboundIsLimited: Bool
    ) -> Credential? {
        if let accessToken, let user { return .accessToken(accessToken.facts(user)) }
        return jobToken.map { .jobToken($0.facts(user, inboundIsLimited: inboundIsLimited)) }
    }
}

/// The columns of `access_tokens`.
private struct AccessTokenColumns {
    let id: Int64
    let isRevoked: Bool
    let isExpired: Bool
    let hasAPIScope: Bool
    let hasReadAPIScope: Bool

    init?(_ columns: inout RowCursor) throws(PostgresError) {
        guard let id = try columns.optionalInt64() else {
            columns.skip(4)
            return nil
        }
        self.id = id
        isRevoked = try columns.bool()
        isExpired = try columns.optionalBool() ?? false
        hasAPIScope = try columns.bool()
        hasReadAPIScope = try columns.bool()
    }

    func facts(_ user: UserFacts) -> AccessTokenFacts {
        AccessTokenFacts(
            id: id,
            isRevoked: isRevoked,
            isExpired: isExpired,
            hasAPIScope: hasAPIScope,
            hasReadAPIScope: hasReadAPIScope,
            user: user
        )
    }
}

/// The columns of the job whose token was given, and of its project.
private struct JobTokenColumns {
    let jobID: Int64
    let isLive: Bool
    let projectID: Int64
    let projectPath: String
    let outboundIsLimited: Bool
    let inboundPermission: Bool?
    let isOnOutboundList: Bool

    init?(_ columns: inout RowCursor) throws(PostgresError) {
        guard let id = try columns.optionalInt64() else {
            columns.skip(6)
            return nil
        }
        jobID = id
        isLive = try columns.bool()
        projectID = try columns.int64()
        projectPath = try columns.text()
        outboundIsLimited = try columns.bool()
        inboundPermission = try columns.optionalBool()
        isOnOutboundList = try columns.optionalBool() ?? false
    }

    func facts(_ user: UserFacts?, inboundIsLimited: Bool) -> JobTokenFacts {
        JobTokenFacts(
            jobID: jobID,
            isLive: isLive,
            sourceProjectID: projectID,
            sourceProjectPath: projectPath,
            user: user,
            scope: JobTokenScope(
                inboundIsLimited: inboundIsLimited,
                isOnInboundList: inboundPermission != nil,
                inboundPermitsReadingJobs: inboundPermission ?? false,
                outboundIsLimited: outboundIsLimited,
                isOnOutboundList: isOnOutboundList
            )
        )
    }
}

extension UserFacts {
    fileprivate init?(columns: inout RowCursor) throws(PostgresError) {
        guard let id = try columns.optionalInt64() else {
            columns.skip(4)
            return nil
        }
        let state = try columns.choice(UserState.self)
        let isAdmin = try columns.bool()
        let isAuditor = try columns.bool()
        self.init(id: id, state: state, isAdmin: isAdmin, isAuditor: isAuditor, isExternal: try columns.bool())
    }
}

/// The columns of the project that was asked for.
private struct ProjectColumns {
    var facts: ProjectFacts?
    var inboundIsLimited = true

    init(_ columns: inout RowCursor) throws(PostgresError) {
        guard let id = try columns.optionalInt64() else {
            columns.skip(6)
            return
        }
        let path = try columns.text()
        let visibility = try columns.choice(Visibility.self)
        let publicJobs = try columns.bool()
        let builds = try columns.choice(BuildsAccessLevel.self)
        facts = ProjectFacts(
            id: id,
            path: path,
            visibility: visibility,
            publicJobs: publicJobs,
            buildsAccessLevel: builds,
            isArchived: try columns.bool()
        )
        inboundIsLimited = try columns.bool()
    }
}
