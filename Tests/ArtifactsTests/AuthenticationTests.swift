import Testing

@testable import Artifacts

@Suite("What a credential makes of a caller")
struct AuthenticationTests {
    static func token(
        revoked: Bool = false,
        expired: Bool = false,
        api: Bool = true,
        readAPI: Bool = false,
        state: UserState = .active
    ) -> Credential {
        .accessToken(
            AccessTokenFacts(
                id: 1,
                isRevoked: revoked,
                isExpired: expired,
                hasAPIScope: api,
                hasReadAPIScope: readAPI,
                user: UserFacts(id: 1, state: state)
            )
        )
    }

    static func jobToken(
        live: Bool = true,
        from source: Int64 = 9,
        scope: JobTokenScope = JobTokenScope(),
        user: UserFacts? = UserFacts(id: 1)
    ) -> Credential {
        .jobToken(
            JobTokenFacts(
                jobID: 3,
                isLive: live,
                sourceProjectID: source,
                sourceProjectPath: "acme/app",
                user: user,
                scope: scope
            )
        )
    }

    func denial(
        _ credential: Credential?,
        presented: Authentication.Presented = .token,
        isReading: Bool = true
    ) -> Denial? {
        do throws(Denial) {
            try Authentication.check(presented, credential, isReading: isReading)
            return nil
        } catch {
            return error
        }
    }

    @Test("no credential is an anonymous caller, an unknown one is nobody")
    func unknown() {
        #expect(denial(nil, presented: .nothing) == nil)
        #expect(denial(nil) == .unauthorized)
    }

    @Test("expired is told before revoked, and both before scope and state")
    func order() {
        #expect(denial(Self.token(revoked: true, expired: true, api: false, state: .blocked)) == .tokenExpired)
        #expect(denial(Self.token(revoked: true, api: false, state: .blocked)) == .tokenRevoked)
        #expect(denial(Self.token(api: false, state: .blocked)) == .insufficientScope)
        #expect(denial(Self.token(state: .blocked)) == .userNotActive(.blocked))
    }

    @Test("read_api reads and does not write")
    func scopes() {
        #expect(denial(Self.token(api: false, readAPI: true)) == nil)
        #expect(denial(Self.token(api: false, readAPI: true), isReading: false) == .insufficientScope)
        #expect(denial(Self.token(), isReading: false) == nil)
    }

    @Test("every state but active is refused", arguments: UserState.allCases)
    func states(state: UserState) {
        #expect(denial(Self.token(state: state)) == (state == .active ? nil : .userNotActive(state)))
        let job = Self.jobToken(user: UserFacts(id: 1, state: state))
        #expect(denial(job) == (state == .active ? nil : .userNotActive(state)))
    }

    @Test("the token of a job that does not run is nobody's")
    func ended() {
        #expect(denial(Self.jobToken(live: false)) == .unauthorized)
    }

    @Test("with a job token neither admin nor auditor counts")
    func flags() throws {
        let user = UserFacts(id: 1, isAdmin: true, isAuditor: true)
        let caller = try Authentication.caller(Self.jobToken(from: 7, user: user), role: nil, in: project(.private))
        #expect(!caller.isAdmin && !caller.isAuditor)
        let personal = Credential.accessToken(AccessTokenFacts(id: 1, user: user))
        #expect(try Authentication.caller(personal, role: nil, in: project(.private)).isAdmin)
    }
}

@Suite("Where a job token may go")
struct JobTokenScopeTests {
    func outcome(_ scope: JobTokenScope, _ visibility: Visibility, role: Role?, external: Bool = false) -> String {
        let user = UserFacts(id: 1, isExternal: external)
        let credential = AuthenticationTests.jobToken(scope: scope, user: user)
        do throws(Denial) {
            let caller = try Authentication.caller(credential, role: role, in: project(visibility))
            return caller.role == nil ? "stranger" : "member"
        } catch {
            switch error {
            case .jobTokenNotAllowed(let source, let target): return "not allowed from \(source) to \(target)"
            case .jobTokenLacksPolicy(let path, let policy): return "lacks \(policy) in \(path)"
            case .projectNotFound: return "not found"
            default: return "\(error)"
            }
        }
    }

    static let listed = JobTokenScope(isOnInboundList: true, inboundPermitsReadingJobs: true)

    @Test("its own project is always in scope")
    func ownProject() throws {
        let credential = AuthenticationTests.jobToken(from: 7, scope: JobTokenScope(outboundIsLimited: true))
        #expect(try Authentication.caller(credential, role: .guest, in: project(.private)).role == .guest)
    }

    @Test("an entry of the allowlist lets memberships count", arguments: Visibility.allCases)
    func inbound(visibility: Visibility) {
        #expect(outcome(Self.listed, visibility, role: .developer) == "member")
    }

    @Test("a target without inbound limit lets every source in")
    func unlimited() {
        #expect(outcome(JobTokenScope(inboundIsLimited: false), .private, role: .guest) == "member")
    }

    @Test("out of scope, what a stranger sees is still there")
    func outOfScope() {
        #expect(outcome(JobTokenScope(), .public, role: .owner) == "stranger")
        #expect(outcome(JobTokenScope(), .internal, role: .owner) == "stranger")
        #expect(outcome(JobTokenScope(), .public, role: nil, external: true) == "stranger")
    }

    /// Whether a job without a user sees a project of another, and whether its builds.
    static let userless: [(scope: JobTokenScope, visibility: Visibility, sees: Bool)] = [
        JobTokenScope(), listed, JobTokenScope(inboundIsLimited: false), JobTokenScope(isOnInboundList: true),
    ].flatMap { scope in Visibility.allCases.map { (scope, $0, $0 == .public && !scope.lacksReadingJobs) } }

    @Test("without a user it sees what an anonymous caller sees", arguments: userless)
    func withoutUser(_ example: (scope: JobTokenScope, visibility: Visibility, sees: Bool)) throws {
        let credential = AuthenticationTests.jobToken(scope: example.scope, user: nil)
        let target = project(example.visibility)
        let caller = try? Authentication.caller(credential, role: nil, in: target)
        #expect(caller.map { AccessPolicy.canSee(target, $0) } ?? false == example.sees)
        #expect(caller?.isSignedIn != true)
    }

    @Test("without a user it is signed in to its own project", arguments: Visibility.allCases)
    func ownProjectWithoutUser(visibility: Visibility) throws {
        let caller = try Authentication.caller(
            AuthenticationTests.jobToken(from: 7, user: nil),
            role: nil,
            in: project(visibility)
        )
        #expect(AccessPolicy.canSee(project(visibility), caller) == (visibility != .private))
    }

    @Test("out of scope, a hidden target is named to its members only")
    func hidden() {
        #expect(outcome(JobTokenScope(), .private, role: .guest) == "not allowed from app to site")
        #expect(outcome(JobTokenScope(), .private, role: .minimalAccess) == "not found")
        #expect(outcome(JobTokenScope(), .private, role: nil) == "not found")
        #expect(outcome(JobTokenScope(), .internal, role: nil, external: true) == "not found")
        #expect(outcome(JobTokenScope(), .internal, role: .guest, external: true) == "not allowed from app to site")
    }

    @Test("an entry without read_jobs names the policy, unless the target is hidden")
    func policies() {
        let scope = JobTokenScope(isOnInboundList: true, inboundPermitsReadingJobs: false)
        #expect(outcome(scope, .public, role: nil) == "lacks read_jobs in acme/site")
        #expect(outcome(scope, .private, role: .guest) == "lacks read_jobs in acme/site")
        #expect(outcome(scope, .private, role: nil) == "not found")
    }

    @Test("an outbound limit concerns private targets only")
    func outbound() {
        var scope = Self.listed
        scope.outboundIsLimited = true
        #expect(outcome(scope, .private, role: .guest) == "not allowed from app to site")
        #expect(outcome(scope, .internal, role: .guest) == "member")
        scope.isOnOutboundList = true
        #expect(outcome(scope, .private, role: .guest) == "member")
    }
}
