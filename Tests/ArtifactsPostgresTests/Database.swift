import Foundation
import Postgres
import Synchronization
import TestSupport

/// A database of one test, with the schema, and the rows that most tests build on.
///
/// Project 1 is `Top/Sub/App` in group 2 below group 1; project 2 is `Partner/Lib` in group 4 below group 3; project 3
/// is `Alone`, in no group. Group 5 stands alone. Users 1 and 2 are ordinary people.
///
/// Making a database costs far more than emptying one, so the next test takes over what the last one has left.
final class Database {
    private let conninfo: String
    let connection: Connection
    let pool: ConnectionPool

    init() throws {
        conninfo = try Self.free.withLock { $0.popLast() } ?? Self.make()
        connection = try Connection(conninfo: conninfo)
        pool = ConnectionPool(conninfo: conninfo, size: 4)
        try connection.execute(Self.emptying)
        try connection.execute(Self.world)
    }

    deinit {
        let conninfo = conninfo
        Self.free.withLock { $0.append(conninfo) }
    }

    private static let free = Mutex<[String]>([])

    /// Opens another session.
    func second() throws -> Connection { try Connection(conninfo: conninfo) }

    /// Makes a database with the schema and no rows.
    static func make() throws -> String {
        let cluster = try PostgresCluster.shared()
        return try cluster.createDatabase(template: cluster.template("artifacts_schema", build: migrate))
    }

    /// 32 bytes that stand for the digest of a token or content.
    static func digest(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }

    private static func migrate(_ conninfo: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let directory = root.deletingLastPathComponent().appendingPathComponent("migrations").path
        let migrator = try Migrator(directory: directory) { Array($0.prefix(32)) }
        try migrator.apply(Connection(conninfo: conninfo))
    }

    private static let emptying = """
        SET session_replication_role = replica;
        DO $$
        DECLARE
            name text;
        BEGIN
            FOR name IN SELECT tablename FROM pg_tables
                WHERE schemaname = 'public' AND tablename NOT IN ('schema_migrations', 'artifact_types')
            LOOP
                EXECUTE 'DELETE FROM ' || name;
            END LOOP;
        END $$;
        SET session_replication_role = origin;
        """

    private static let world = """
        INSERT INTO users (id, username) VALUES (1, 'ann'), (2, 'bob');
        INSERT INTO groups (id, parent_id) VALUES (1, NULL), (2, 1), (3, NULL), (4, 3), (5, NULL);
        INSERT INTO projects (id, group_id, path, name) VALUES
            (1, 2, 'Top/Sub/App', 'App'), (2, 4, 'Partner/Lib', 'Lib'), (3, NULL, 'Alone', 'Alone');
        INSERT INTO routes (path_key, path, project_id) SELECT lower(path), path, id FROM projects;
        """
}

extension Database {
    /// Adds a pipeline; its number is also its number within the project.
    func pipeline(
        _ id: Int64,
        project: Int64 = 1,
        ref: String = "main",
        status: String = "success",
        source: String = "push",
        parent: Int64? = nil,
        parentProject: Int64 = 1,
        isLocked: Bool = false
    ) throws {
        try connection.query(
            """
            INSERT INTO pipelines (id, project_id, iid, ref, sha, status, source, parent_id, parent_project_id, locked)
            VALUES (\(id), \(project), \(id), \(ref), 'abcdef0', \(status), \(source), \(parent),
                    \(parent.map { _ in parentProject }), \(isLocked))
            """
        )
    }

    /// Adds a job to a pipeline.
    func job(
        _ id: Int64,
        in pipeline: Int64,
        name: String = "build",
        status: String = "success",
        isRetried: Bool = false
    ) throws {
        try connection.query(
            """
            INSERT INTO jobs (id, project_id, pipeline_id, name, status, retried)
            SELECT \(id), project_id, id, \(name), \(status), \(isRetried) FROM pipelines WHERE id = \(pipeline)
            """
        )
    }

    /// Adds an artifact row with a content of its own to a job.
    ///
    /// - Returns: The content's number.
    @discardableResult
    func artifact(of job: Int64, _ type: String = "archive", expiresInHours hours: Int64? = nil) throws -> Int64 {
        let content = try connection.query(
            """
            INSERT INTO contents (sha256, size, indexed)
            VALUES (sha256((\(job) || '/' || \(type))::bytea), 7, true) RETURNING id
            """
        ).onlyRow().int64(0)
        try connection.query(
            """
            INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id,
                                   expire_at, locked)
            SELECT j.project_id, j.pipeline_id, j.id, t.name, t.format, \(type + ".bin"), 7, \(content),
                   now() + \(hours) * interval '1 hour', p.locked
            FROM jobs j JOIN pipelines p ON p.id = j.pipeline_id JOIN artifact_types t ON t.name = \(type)
            WHERE j.id = \(job)
            """
        )
        return content
    }

    /// Notes that a job had an artifact that has gone.
    func goneArtifact(of job: Int64, _ type: String = "archive", isExpired: Bool = true) throws {
        try connection.query(
            """
            INSERT INTO gone_artifacts (job_id, file_type, expired, sha256)
            VALUES (\(job), \(type), \(isExpired), \(Self.digest(0)))
            """
        )
    }

    /// The artifacts that a job had: `archive expired`, `junit deleted`.
    func goneArtifacts(of job: Int64) throws -> [String] {
        let rows = try connection.query(
            "SELECT file_type, expired FROM gone_artifacts WHERE job_id = \(job) ORDER BY file_type"
        )
        return try rows.map { try "\($0.text(0)) \($0.bool(1) ? "expired" : "deleted")" }
    }

    /// A job with an archive.
    func build(_ id: Int64, in pipeline: Int64, name: String = "build", isRetried: Bool = false) throws {
        try job(id, in: pipeline, name: name, isRetried: isRetried)
        try artifact(of: id)
    }
}
