/// The rules of what a runner may fetch with the token of a job (the contract, section 8).
public enum RunnerPolicy {
    /// Decides whether a job token fetches the archive of a job.
    ///
    /// The job's own token always does while the job runs. Any other one is judged as on the endpoints of the project, but
    /// for what is hidden: that is refused like a job that does not exist.
    ///
    /// - Parameters:
    ///   - credential: What the database knows of the token, or `nil`.
    ///   - jobID: The job whose archive is wanted, or `nil` where there is none of that number.
    ///   - project: The job's project, or `nil`.
    ///   - role: The highest role that any membership of the token's user gives in the project, or `nil`.
    /// - Returns: The caller, as the access rules see them.
    /// - Throws: ``Denial``: of a token that lets nobody in, or that the job is out of its reach.
    public static func admit(
        _ credential: Credential?,
        toArchiveOf jobID: Int64?,
        in project: ProjectFacts?,
        role: Role?
    ) throws(Denial) -> Caller {
        guard case .jobToken(let token) = credential else { throw .unauthorized }
        try Authentication.check(.token, credential, isReading: true)
        guard let project, let jobID else { throw .forbidden }
        if token.jobID == jobID {
            return Caller(userID: token.user?.id, isExternal: token.user?.isExternal ?? false, role: role)
        }
        let caller: Caller
        do {
            caller = try Authentication.caller(credential, role: role, in: project)
        } catch {
            throw error == .projectNotFound ? .forbidden : error
        }
        guard AccessPolicy.canReadBuilds(project, caller) else { throw .forbidden }
        return caller
    }
}
