/// The rules of who may do what with a project's builds and artifacts, as pure functions.
///
/// They decide over facts that one database statement has fetched; each is tested over every cell of its table.
public enum AccessPolicy {
    /// Whether a caller sees the project at all.
    ///
    /// - Parameters:
    ///   - project: The project.
    ///   - caller: Who asks.
    /// - Returns: `false` where the project must look as if it did not exist.
    public static func canSee(_ project: ProjectFacts, _ caller: Caller) -> Bool {
        if caller.isAdmin || caller.isAuditor || caller.has(atLeast: .guest) { return true }
        switch project.visibility {
        case .public: return true
        case .internal: return caller.isSignedIn && !caller.isExternal
        case .private: return false
        }
    }

    /// Whether a caller reads the project's builds: its pipelines, jobs and, by that, its artifacts.
    ///
    /// - Parameters:
    ///   - project: The project.
    ///   - caller: Who asks.
    /// - Returns: `false` also where the project cannot be seen.
    public static func canReadBuilds(_ project: ProjectFacts, _ caller: Caller) -> Bool {
        guard canSee(project, caller) else { return false }
        let isPrivileged = caller.isAdmin || caller.isAuditor
        switch project.buildsAccessLevel {
        case .disabled: return false
        case .private where !isPrivileged && !caller.has(atLeast: .guest): return false
        case .private, .enabled: return isPrivileged || project.publicJobs || caller.has(atLeast: .reporter)
        }
    }

    /// Whether a caller who reads the builds may also see how much the project stores.
    ///
    /// - Parameter caller: Who asks.
    /// - Returns: `false` for all below reporter.
    public static func canReadStatistics(_ caller: Caller) -> Bool {
        caller.isAdmin || caller.isAuditor || caller.has(atLeast: .reporter)
    }

    /// Whether a caller who reads the builds may also read an artifact row.
    ///
    /// - Parameters:
    ///   - access: The row's access level, or `nil` where there is no such row: no restriction, and then it is missing.
    ///   - caller: Who asks.
    /// - Returns: `false` where the answer is 403.
    public static func canReadArtifact(_ access: ArtifactAccess?, _ caller: Caller) -> Bool {
        switch access {
        case nil, .all: true
        case .developer: caller.isAdmin || caller.has(atLeast: .developer)
        case .maintainer: caller.isAdmin || caller.has(atLeast: .maintainer)
        case .some(.none): false
        }
    }

    /// Whether a caller may push to a job's ref, as far as protection goes.
    ///
    /// Where several rules match the ref, the most generous decides, as in GitLab.
    ///
    /// - Parameters:
    ///   - levels: The push levels of all protected refs that match; none: the ref is not protected.
    ///   - caller: Who asks.
    /// - Returns: `true` where no rule forbids it.
    public static func canPush(levels: [PushAccessLevel], _ caller: Caller) -> Bool {
        levels.isEmpty
            || levels.contains { level in
                switch level {
                case .noOne: false
                case .developer: caller.isAdmin || caller.has(atLeast: .developer)
                case .maintainer: caller.isAdmin || caller.has(atLeast: .maintainer)
                case .admin: caller.isAdmin
                }
            }
    }

    /// Whether a caller may keep a job's artifacts.
    ///
    /// - Parameters:
    ///   - project: The project.
    ///   - access: The archive's access level, or `nil` where there is none.
    ///   - pushLevels: The push levels of all protected refs that match the job's ref.
    ///   - caller: Who asks.
    /// - Returns: `false` where the answer is 403.
    public static func canKeep(
        _ project: ProjectFacts,
        archiveAccess access: ArtifactAccess?,
        pushLevels: [PushAccessLevel],
        _ caller: Caller
    ) -> Bool {
        canReadBuilds(project, caller) && canReadArtifact(access, caller) && !project.isArchived
            && (caller.isAdmin || caller.has(atLeast: .developer)) && canPush(levels: pushLevels, caller)
    }

    /// Whether a caller may make and end pipelines and jobs over the API.
    ///
    /// - Parameters:
    ///   - project: The project.
    ///   - caller: Who asks.
    /// - Returns: `false` where the answer is 403.
    public static func canPublish(_ project: ProjectFacts, _ caller: Caller) -> Bool {
        canReadBuilds(project, caller) && !project.isArchived && (caller.isAdmin || caller.has(atLeast: .developer))
    }

    /// Whether a caller may delete artifacts, of a job or of the whole project.
    ///
    /// - Parameters:
    ///   - project: The project.
    ///   - caller: Who asks.
    /// - Returns: `false` where the answer is 403.
    public static func canDelete(_ project: ProjectFacts, _ caller: Caller) -> Bool {
        project.buildsAccessLevel != .disabled && (caller.isAdmin || caller.has(atLeast: .maintainer))
    }

    /// Whether a caller may erase a job.
    ///
    /// - Parameters:
    ///   - project: The project.
    ///   - jobUserID: Whose job it is, or `nil`.
    ///   - caller: Who asks.
    /// - Returns: `false` where the answer is 403.
    public static func canErase(_ project: ProjectFacts, jobUserID: Int64?, _ caller: Caller) -> Bool {
        if canDelete(project, caller) { return true }
        let isOwn = caller.userID != nil && caller.userID == jobUserID
        return project.buildsAccessLevel != .disabled && isOwn && caller.has(atLeast: .developer)
    }
}
