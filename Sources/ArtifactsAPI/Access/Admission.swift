internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics

/// A caller whom a project lets in, and by what.
struct Admission {
    let project: ProjectFacts
    let caller: Caller
    /// What the caller was recognised by, or `nil`; for the audit trail.
    let credential: Credential?
}

extension Admission {
    /// Checks credential, project and the right to read its builds, in the order of the contract's section 1.
    ///
    /// A project that was found under a previous path is told last, to those who may read it.
    ///
    /// - Parameters:
    ///   - facts: What the database knows.
    ///   - token: What the request carried.
    ///   - segment: The raw segment that names the project.
    ///   - request: The request.
    ///   - externalURL: What every URL that is handed out starts with.
    /// - Throws: `RequestFailure` with the first check that fails.
    init(
        _ facts: AccessFacts,
        _ token: PresentedToken,
        in segment: ArraySlice<UInt8>,
        _ request: APIRequest,
        externalURL: String
    ) throws(RequestFailure) {
        do throws(Denial) {
            try Authentication.check(token.presented, facts.credential, isReading: request.method.isSafe)
            guard let project = facts.project else { throw Denial.projectNotFound }
            let caller = try Authentication.caller(facts.credential, role: facts.role, in: project)
            guard AccessPolicy.canSee(project, caller) else { throw Denial.projectNotFound }
            guard AccessPolicy.canReadBuilds(project, caller) else { throw Denial.forbidden }
            self.init(project: project, caller: caller, credential: facts.credential)
        } catch {
            throw .denied(error)
        }
        if facts.projectHasMoved {
            guard request.method.isSafe else { throw .movedNeedsGet }
            throw .moved(location: Self.location(project, segment, request, externalURL))
        }
    }

    /// The same request under the project's number, which no renaming changes.
    private static func location(
        _ project: ProjectFacts,
        _ segment: ArraySlice<UInt8>,
        _ request: APIRequest,
        _ externalURL: String
    ) -> String {
        let rest = String(decoding: request.target.path[segment.endIndex...], as: UTF8.self)
        let query = request.target.query.isEmpty ? "" : "?" + String(decoding: request.target.query, as: UTF8.self)
        return "\(externalURL)/api/v4/projects/\(project.id)\(rest)\(query)"
    }
}
