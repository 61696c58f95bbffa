import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("The effective role")
struct EffectiveRoleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let role: Role?
        let sql: String

        init(_ description: String, _ role: Role?, _ sql: String) {
            testDescription = description
            self.role = role
            self.sql = sql
        }
    }

    static let cases = [
        Case("no membership", nil, ""),
        Case("a direct one", .developer, project(30)),
        Case("minimal access", .minimalAccess, project(5)),
        Case("of the project's group", .reporter, group(2, 20)),
        Case("of an ancestor group", .maintainer, group(1, 40)),
        Case("of another group", nil, group(3, 50)),
        Case("somebody else's", nil, "INSERT INTO members (user_id, project_id, role) VALUES (2, 1, 50);"),
        Case("of another project", nil, "INSERT INTO members (user_id, project_id, role) VALUES (1, 2, 50);"),
        Case("of a group invited to the project", .developer, invite(3, project: 1, 50) + group(3, 30)),
        Case("of a group invited to the group", .developer, invite(3, group: 2, 50) + group(3, 30)),
        Case("of a group invited to an ancestor", .developer, invite(3, group: 1, 50) + group(3, 30)),
        Case("capped by the invitation", .guest, invite(3, project: 1, 10) + group(3, 40)),
        Case("capped by the membership", .guest, invite(3, group: 1, 40) + group(3, 10)),
        Case("inherited by the invited group", .developer, invite(4, project: 1, 50) + group(3, 30)),
        Case("of a group below the invited one", nil, invite(3, project: 1, 50) + group(4, 30)),
        Case(
            "of a group invited to the invited one",
            nil,
            invite(3, project: 1, 50) + invite(5, group: 3, 50) + group(5, 30)
        ),
        Case("of a group invited to another project", nil, invite(3, project: 3, 50) + group(3, 30)),
        Case("expired, direct", nil, project(30, "now()")),
        Case("expired, of a group", nil, group(1, 30, "now() - interval '1 second'")),
        Case("not yet expired", .developer, project(30, "now() + interval '1 hour'")),
        Case("expired, of the invited group", nil, invite(3, project: 1, 50) + group(3, 30, "now()")),
        Case("by an expired invitation to the project", nil, invite(3, project: 1, 50, "now()") + group(3, 30)),
        Case("by an expired invitation to the group", nil, invite(3, group: 1, 50, "now()") + group(3, 30)),
        Case("the highest, direct", .owner, project(50) + group(2, 20) + group(1, 10)),
        Case("the highest, of an ancestor", .maintainer, project(10) + group(2, 20) + group(1, 40)),
        Case(
            "the highest, invited",
            .developer,
            project(10) + invite(3, group: 1, 30) + invite(4, project: 1, 15) + group(3, 40)
        ),
        Case("the highest of one invited group's", .developer, invite(4, project: 1, 50) + group(4, 15) + group(3, 30)),
        Case("the next one when the highest expired", .guest, project(50, "now()") + group(1, 10)),
    ]

    private static func project(_ role: Int, _ expiry: String = "NULL") -> String {
        "INSERT INTO members (user_id, project_id, role, expires_at) VALUES (1, 1, \(role), \(expiry));"
    }

    private static func group(_ group: Int, _ role: Int, _ expiry: String = "NULL") -> String {
        "INSERT INTO members (user_id, group_id, role, expires_at) VALUES (1, \(group), \(role), \(expiry));"
    }

    private static func invite(_ invited: Int, project: Int, _ role: Int, _ expiry: String = "NULL") -> String {
        """
        INSERT INTO invited_groups (invited_group_id, project_id, role, expires_at)
        VALUES (\(invited), \(project), \(role), \(expiry));
        """
    }

    private static func invite(_ invited: Int, group: Int, _ role: Int, _ expiry: String = "NULL") -> String {
        """
        INSERT INTO invited_groups (invited_group_id, group_id, role, expires_at)
        VALUES (\(invited), \(group), \(role), \(expiry));
        """
    }

    @Test("is the highest that any membership gives", arguments: cases)
    func role(_ example: Case) throws {
        let database = try Database()
        try database.connection.execute(
            """
            INSERT INTO access_tokens (user_id, name, token_digest) VALUES (1, 't', decode(repeat('01', 32), 'hex'));
            \(example.sql)
            """
        )
        let facts = try ReadCatalog(pool: database.pool).facts(
            for: .job(1),
            in: .id(1),
            accessToken: Database.digest(1),
            jobToken: nil
        )
        #expect(facts.access.role == example.role)
    }
}
