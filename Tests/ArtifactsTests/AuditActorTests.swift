import Artifacts
import Testing

@Suite("Who the audit trail names")
struct AuditActorTests {
    private static let user = UserFacts(id: 7)

    private static func jobToken(_ user: UserFacts?) -> Credential {
        .jobToken(
            JobTokenFacts(
                jobID: 42,
                isLive: true,
                sourceProjectID: 1,
                sourceProjectPath: "a/b",
                user: user,
                scope: JobTokenScope()
            )
        )
    }

    @Test("the user and the number of the token, or of the token's job, or nobody")
    func actor() {
        let token = Credential.accessToken(AccessTokenFacts(id: 3, user: Self.user))
        #expect(AuditActor(token) == AuditActor(userID: 7, accessTokenID: 3))
        #expect(AuditActor(Self.jobToken(Self.user)) == AuditActor(userID: 7, tokenJobID: 42))
        #expect(AuditActor(Self.jobToken(nil)) == AuditActor(tokenJobID: 42))
        #expect(AuditActor(nil) == AuditActor())
    }
}
