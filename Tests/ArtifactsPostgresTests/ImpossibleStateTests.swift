import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Impossible states are refused")
struct ImpossibleStateTests {
    private static let check = SQLState.checkViolation
    private static let foreignKey = SQLState.foreignKeyViolation
    private static let unique = SQLState.uniqueViolation

    static let statements: [(String, SQLState)] = [
        ("INSERT INTO users (username) VALUES ('ANN')", unique),
        ("INSERT INTO users (username) VALUES ('')", check),
        ("INSERT INTO users (username, state) VALUES ('c', 'gone')", check),
        ("INSERT INTO users (username, kind, admin) VALUES ('c', 'project_bot', true)", check),
        ("INSERT INTO users (id, username) VALUES (0, 'c')", check),
        ("UPDATE groups SET parent_id = id WHERE id = 1", check),
        ("DELETE FROM groups WHERE id = 1", foreignKey),
        ("DELETE FROM groups WHERE id = 2", foreignKey),
        ("INSERT INTO projects (path, name, visibility) VALUES ('p', 'p', 'secret')", check),
        ("INSERT INTO projects (path, name, builds_access_level) VALUES ('p', 'p', 'x')", check),
        ("INSERT INTO routes (path_key, path, group_id) VALUES ('alone', 'Alone', 5)", unique),
        ("INSERT INTO routes (path_key, path, project_id) VALUES ('alone2', 'Alone2', 3)", unique),
        ("INSERT INTO routes (path_key, path) VALUES ('x', 'X')", check),
        ("INSERT INTO members (user_id, project_id, role) VALUES (1, 1, 25)", check),
        ("INSERT INTO members (user_id, role) VALUES (1, 30)", check),
        ("INSERT INTO members (user_id, group_id, project_id, role) VALUES (1, 1, 1, 30)", check),
        ("INSERT INTO members (user_id, project_id, role) VALUES (1, 1, 30), (1, 1, 40)", unique),
        ("INSERT INTO invited_groups (invited_group_id, group_id, role) VALUES (1, 1, 30)", check),
        ("INSERT INTO invited_groups (invited_group_id, role) VALUES (1, 30)", check),
        ("INSERT INTO access_tokens (user_id, name, token_digest) VALUES (1, 't', 'short')", check),
        (
            """
            INSERT INTO access_tokens (user_id, name, token_digest)
            VALUES (1, 'a', sha256('x')), (2, 'b', sha256('x'))
            """, unique
        ),
        (
            """
            INSERT INTO job_token_allowlist (project_id, direction, allowed_group_id) VALUES (1, 'outbound', 1)
            """, check
        ),
        ("INSERT INTO job_token_allowlist (project_id, direction) VALUES (1, 'inbound')", check),
        (pipeline("id, sha", "9, 'main'"), check),
        (pipeline("id, status", "9, 'done'"), check),
        (pipeline("id, iid", "9, 1"), unique),
        (pipeline("id, parent_id, parent_project_id", "9, 1, 2"), foreignKey),
        (pipeline("id, parent_id", "9, 1"), check),
        (pipeline("id, parent_id, parent_project_id", "9, 9, 1"), check),
        (pipeline("id, locked, keep_latest", "9, true, false"), check),
        (pipeline("id, locked, ref_deleted", "9, true, true"), check),
        ("INSERT INTO jobs (project_id, pipeline_id, name) VALUES (2, 1, 'j')", foreignKey),
        ("INSERT INTO jobs (project_id, pipeline_id, name, status) VALUES (1, 1, 'j', 'done')", check),
        ("INSERT INTO jobs (project_id, pipeline_id, name, token_digest) VALUES (1, 1, 'j', 'x')", check),
        (artifact("job_id", "99"), foreignKey),
        (artifact("project_id", "2"), foreignKey),
        (artifact("pipeline_id", "2"), foreignKey),
        (artifact("locked", "true"), foreignKey),
        (artifact("file_type", "'archive'"), unique),
        (artifact("file_format", "'raw'"), foreignKey),
        (artifact("file_type", "'nonsense'"), foreignKey),
        (artifact("content_id", "-1"), foreignKey),
        (artifact("size", "-1"), check),
        (artifact("filename", "''"), check),
        (artifact("access", "'everyone'"), check),
        ("INSERT INTO contents (sha256, size, indexed) SELECT sha256, 7, true FROM contents", unique),
        ("INSERT INTO contents (sha256, size, indexed) VALUES ('x', 7, true)", check),
        ("DELETE FROM contents", foreignKey),
        ("UPDATE project_statistics SET job_artifacts_size = -1", check),
    ]

    private static func pipeline(_ columns: String, _ values: String) -> String {
        let standard = [("id", "9"), ("project_id", "1"), ("iid", "9"), ("ref", "'main'"), ("sha", "'abcdef0'")]
        let given = columns.split(separator: ",").map { $0.drop { $0 == " " } }
        let rest = standard.filter { !given.contains(Substring($0.0)) }
        let names = rest.map(\.0) + given.map(String.init)
        let list = rest.map(\.1) + [values]
        return "INSERT INTO pipelines (\(names.joined(separator: ", "))) VALUES (\(list.joined(separator: ", ")))"
    }

    /// A sound lsif row of job 10, but for one column.
    private static func artifact(_ column: String, _ value: String) -> String {
        var columns = [
            ("project_id", "1"), ("pipeline_id", "1"), ("job_id", "10"), ("file_type", "'lsif'"),
            ("file_format", "'zip'"),
            ("filename", "'f'"), ("size", "7"), ("content_id", "(SELECT min(id) FROM contents)"), ("locked", "false"),
        ]
        columns.removeAll { $0.0 == column }
        columns.append((column, value))
        let (names, values) = (columns.map(\.0), columns.map(\.1))
        return "INSERT INTO artifacts (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
    }

    private func database() throws -> Database {
        let database = try Database()
        try database.pipeline(1)
        try database.pipeline(2)
        try database.build(10, in: 1)
        return database
    }

    @Test("by a check, a key or a foreign key", arguments: statements)
    func refused(statement: String, state: SQLState) throws {
        let database = try database()
        let error = #expect(throws: PostgresError.self) { try database.connection.execute(statement) }
        #expect(error?.sqlState == state, "\(statement): \(error?.debugDescription ?? "accepted")")
    }

    @Test("but the sound row that the refused ones vary is taken")
    func accepted() throws {
        let connection = try database().connection
        try connection.execute(Self.artifact("access", "'none'"))
        try connection.execute(Self.pipeline("parent_id, parent_project_id", "1, 1"))
    }
}
