import Testing

@testable import Artifacts

@Suite("Who fetches an archive with a job token")
struct RunnerPolicyTests {
    private static let open = JobTokenScope(
        inboundIsLimited: false,
        isOnInboundList: false,
        inboundPermitsReadingJobs: false,
        outboundIsLimited: false,
        isOnOutboundList: false
    )

    private static func credential(
        job: Int64 = 1,
        isLive: Bool = true,
        project: Int64 = 1,
        user: UserFacts? = UserFacts(id: 7, isAdmin: true, isAuditor: true),
        inboundIsLimited: Bool = false
    ) -> Credential {
        var scope = open
        scope.inboundIsLimited = inboundIsLimited
        return .jobToken(
            JobTokenFacts(
                jobID: job,
                isLive: isLive,
                sourceProjectID: project,
                sourceProjectPath: "group/source",
                user: user,
                scope: scope
            )
        )
    }

    private static func project(_ visibility: Visibility = .private, publicJobs: Bool = true) -> ProjectFacts {
        ProjectFacts(
            id: 1,
            path: "group/target",
            visibility: visibility,
            publicJobs: publicJobs,
            buildsAccessLevel: .enabled,
            isArchived: false
        )
    }

    /// What the rules say: `nil` where they let the token through.
    private static func denial(
        _ credential: Credential?,
        job: Int64? = 2,
        project: ProjectFacts? = project(),
        role: Role? = nil
    ) -> Denial? {
        do throws(Denial) {
            _ = try RunnerPolicy.admit(credential, toArchiveOf: job, in: project, role: role)
            return nil
        } catch {
            return error
        }
    }

    @Test("the job's own token, whatever its user may do")
    func own() {
        #expect(Self.denial(Self.credential(), job: 1) == nil)
        #expect(Self.denial(Self.credential(user: nil), job: 1) == nil)
        #expect(Self.denial(Self.credential(isLive: false), job: 1) == .unauthorized)
        #expect(
            Self.denial(Self.credential(user: UserFacts(id: 7, state: .blocked)), job: 1) == .userNotActive(.blocked)
        )
    }

    @Test("another one by the rights of its user, without flags")
    func others() {
        #expect(Self.denial(Self.credential(), role: .guest) == nil)
        #expect(Self.denial(Self.credential()) == .forbidden, "an admin's flag does not count")
        #expect(Self.denial(Self.credential(), project: Self.project(publicJobs: false), role: .guest) == .forbidden)
        #expect(Self.denial(Self.credential(), project: Self.project(publicJobs: false), role: .reporter) == nil)
    }

    @Test("one of another project within its scope, and hidden targets are not told")
    func scope() {
        let foreign = Self.credential(project: 2)
        let closed = Self.credential(project: 2, inboundIsLimited: true)
        #expect(Self.denial(foreign, role: .developer) == nil)
        #expect(Self.denial(foreign) == .forbidden)
        #expect(Self.denial(closed) == .forbidden)
        #expect(Self.denial(closed, role: .developer) == .jobTokenNotAllowed(source: "source", target: "target"))
        #expect(Self.denial(closed, project: Self.project(.public)) == nil)
        #expect(Self.denial(closed, project: Self.project(.public, publicJobs: false)) == .forbidden)
    }

    @Test("bad tokens are told before unknown jobs")
    func order() {
        #expect(Self.denial(nil, job: nil, project: nil) == .unauthorized)
        #expect(Self.denial(Self.credential(isLive: false), job: nil, project: nil) == .unauthorized)
        #expect(Self.denial(Self.credential(), job: nil, project: nil) == .forbidden)
        let token = AccessTokenFacts(id: 1, user: UserFacts(id: 7))
        #expect(Self.denial(.accessToken(token), role: .owner) == .unauthorized)
    }
}
