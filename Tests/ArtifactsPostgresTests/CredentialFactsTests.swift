import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("What the database knows of a credential")
struct CredentialFactsTests {
    private let database: Database

    init() throws {
        database = try Database()
        try database.connection.execute(
            """
            INSERT INTO access_tokens (id, user_id, name, token_digest, scopes)
            VALUES (11, 1, 't', decode(repeat('01', 32), 'hex'), '{api}');
            """
        )
        try database.pipeline(1, project: 2)
        try database.connection.execute(
            """
            INSERT INTO jobs (id, project_id, pipeline_id, name, status, user_id, token_digest)
            VALUES (21, 2, 1, 'deploy', 'running', 2, decode(repeat('02', 32), 'hex'));
            """
        )
    }

    private func credential(access: UInt8? = nil, job: UInt8? = nil, project: Int64 = 1) throws -> Credential? {
        try ReadCatalog(pool: database.pool).facts(
            for: .job(1),
            in: .id(project),
            accessToken: access.map(Database.digest),
            jobToken: job.map(Database.digest)
        ).access.credential
    }

    private func token(access digest: UInt8 = 1) throws -> AccessTokenFacts? {
        guard case .accessToken(let facts) = try credential(access: digest) else { return nil }
        return facts
    }

    private func jobToken(for project: Int64 = 1) throws -> JobTokenFacts? {
        guard case .jobToken(let facts) = try credential(job: 2, project: project) else { return nil }
        return facts
    }

    @Test("an access token brings its user")
    func accessToken() throws {
        #expect(try token() == AccessTokenFacts(id: 11, user: UserFacts(id: 1)))
    }

    @Test("nothing is known of no token, an unknown one, and a token of the other kind")
    func unknown() throws {
        #expect(try credential() == nil)
        #expect(try credential(access: 9, job: 9) == nil)
        #expect(try credential(access: 2) == nil)
        #expect(try credential(job: 1) == nil)
    }

    @Test("an access token counts before a job token")
    func precedence() throws {
        #expect(try credential(access: 1, job: 2) == credential(access: 1))
        #expect(try credential(access: 9, job: 2) == credential(job: 2))
    }

    @Test(
        "what makes an access token useless is told",
        arguments: [
            ("revoked = true", AccessTokenFacts(id: 11, isRevoked: true, user: UserFacts(id: 1))),
            ("expires_at = now()", AccessTokenFacts(id: 11, isExpired: true, user: UserFacts(id: 1))),
            ("expires_at = now() + interval '1 hour'", AccessTokenFacts(id: 11, user: UserFacts(id: 1))),
            ("scopes = '{}'", AccessTokenFacts(id: 11, hasAPIScope: false, user: UserFacts(id: 1))),
            (
                "scopes = '{read_api,read_registry}'",
                AccessTokenFacts(id: 11, hasAPIScope: false, hasReadAPIScope: true, user: UserFacts(id: 1))
            ),
        ]
    )
    func flags(change: String, facts: AccessTokenFacts) throws {
        try database.connection.execute("UPDATE access_tokens SET \(change)")
        #expect(try token() == facts)
    }

    @Test(
        "the user's state and flags are told",
        arguments: [
            ("state = 'blocked'", UserFacts(id: 1, state: .blocked)),
            ("state = 'deactivated'", UserFacts(id: 1, state: .deactivated)),
            ("state = 'blocked_pending_approval'", UserFacts(id: 1, state: .pendingApproval)),
            ("admin = true", UserFacts(id: 1, isAdmin: true)),
            ("auditor = true", UserFacts(id: 1, isAuditor: true)),
            ("external = true", UserFacts(id: 1, isExternal: true)),
        ]
    )
    func user(change: String, facts: UserFacts) throws {
        try database.connection.execute("UPDATE users SET \(change) WHERE id = 1")
        #expect(try token()?.user == facts)
    }

    @Test(
        "a job token lives while the job is on a runner and has not been erased",
        arguments: [
            ("status = 'running'", true), ("status = 'canceling'", true), ("status = 'success'", false),
            ("status = 'failed'", false), ("status = 'pending'", false), ("erased_at = now()", false),
        ]
    )
    func liveness(change: String, isLive: Bool) throws {
        try database.connection.execute("UPDATE jobs SET \(change)")
        #expect(try jobToken()?.isLive == isLive)
    }

    @Test("a job token brings its job, project and user")
    func jobTokenFacts() throws {
        let facts = JobTokenFacts(
            jobID: 21,
            isLive: true,
            sourceProjectID: 2,
            sourceProjectPath: "Partner/Lib",
            user: UserFacts(id: 2),
            scope: JobTokenScope()
        )
        #expect(try jobToken() == facts)
        try database.connection.execute("DELETE FROM users WHERE id = 2")
        #expect(try jobToken()?.user == nil)
    }

    @Test("the role of a job token is its user's")
    func jobTokenRole() throws {
        try database.connection.execute("INSERT INTO members (user_id, project_id, role) VALUES (2, 1, 30), (1, 1, 50)")
        let catalog = ReadCatalog(pool: database.pool)
        let facts = try catalog.facts(for: .job(1), in: .id(1), accessToken: nil, jobToken: Database.digest(2))
        #expect(facts.access.role == .developer)
        #expect(try catalog.facts(for: .job(1), in: .id(1), accessToken: nil, jobToken: nil).access.role == nil)
    }

    static let scopes: [(String, JobTokenScope)] = [
        ("UPDATE projects SET job_token_inbound_enabled = false", JobTokenScope(inboundIsLimited: false)),
        (inbound("allowed_project_id", 2), JobTokenScope(isOnInboundList: true, inboundPermitsReadingJobs: true)),
        (inbound("allowed_project_id", 3), JobTokenScope()),
        (inbound("allowed_group_id", 4), JobTokenScope(isOnInboundList: true, inboundPermitsReadingJobs: true)),
        (inbound("allowed_group_id", 3), JobTokenScope(isOnInboundList: true, inboundPermitsReadingJobs: true)),
        (inbound("allowed_group_id", 1), JobTokenScope()),
        (inbound("allowed_project_id", 2, "'{}'"), JobTokenScope(isOnInboundList: true)),
        (inbound("allowed_project_id", 2, "'{read_packages}'"), JobTokenScope(isOnInboundList: true)),
        (
            inbound("allowed_group_id", 3, "'{read_packages,read_jobs}'"),
            JobTokenScope(isOnInboundList: true, inboundPermitsReadingJobs: true)
        ),
        (
            inbound("allowed_project_id", 2, "'{}'") + inbound("allowed_group_id", 3),
            JobTokenScope(isOnInboundList: true, inboundPermitsReadingJobs: true)
        ),
        ("UPDATE projects SET job_token_outbound_enabled = true", JobTokenScope(outboundIsLimited: true)),
        (outbound(from: 2, to: 1), JobTokenScope(isOnOutboundList: true)),
        (outbound(from: 2, to: 3), JobTokenScope()),
        (outbound(from: 1, to: 2), JobTokenScope()),
    ]

    private static func inbound(_ column: String, _ id: Int, _ policies: String = "NULL") -> String {
        """
        INSERT INTO job_token_allowlist (project_id, direction, \(column), policies)
        VALUES (1, 'inbound', \(id), \(policies));
        """
    }

    private static func outbound(from source: Int, to target: Int) -> String {
        """
        INSERT INTO job_token_allowlist (project_id, direction, allowed_project_id)
        VALUES (\(source), 'outbound', \(target));
        """
    }

    @Test("both allowlists are looked up for a job token of another project", arguments: scopes)
    func scope(change: String, scope: JobTokenScope) throws {
        try database.connection.execute(change)
        #expect(try jobToken()?.scope == scope)
    }

    @Test("a job token of the same project is on no list")
    func sameProject() throws {
        try database.connection.execute(
            "INSERT INTO job_token_allowlist (project_id, direction, allowed_group_id) VALUES (2, 'inbound', 4)"
        )
        #expect(try jobToken(for: 2)?.scope == JobTokenScope())
    }
}
