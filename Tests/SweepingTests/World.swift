import ArtifactsPostgres
import ContentStore
import Cryptography
import Foundation
import Postgres
import Sweeping
import TestSupport

/// A database and a store of one test.
///
/// Project 1 has pipelines 1 (not locked) and 2 (locked).
final class World: @unchecked Sendable {
    // `@unchecked Sendable`: the only mutable state is behind the pool's own lock.
    let pool: ConnectionPool
    let store: ContentStore
    let conninfo: String
    private let directory: TemporaryDirectory

    init() throws {
        let cluster = try PostgresCluster.shared()
        let template = try cluster.template("sweeping") { conninfo in
            try Migrator(directory: Self.migrations) { Array($0.prefix(32)) }.apply(Connection(conninfo: conninfo))
        }
        conninfo = try cluster.createDatabase(template: template)
        pool = ConnectionPool(conninfo: conninfo, size: 8, options: Sweeper.connectionOptions)
        directory = try TemporaryDirectory()
        store = try ContentStore(root: directory.path)
        try execute(
            """
            INSERT INTO projects (id, path, name) VALUES (1, 'App', 'App'), (2, 'Lib', 'Lib');
            INSERT INTO routes (path_key, path, project_id) SELECT lower(path), path, id FROM projects;
            INSERT INTO redirect_routes (path_key, path, project_id) VALUES ('old/app', 'Old/App', 1), ('lib', 'Lib', 1);
            INSERT INTO pipelines (id, project_id, iid, ref, sha, status, locked)
            VALUES (1, 1, 1, 'main', 'abcdef0', 'success', false), (2, 1, 2, 'main', 'abcdef0', 'success', true);
            INSERT INTO jobs (id, project_id, pipeline_id, name)
            SELECT p.id * 10000 + i, 1, p.id, 'job' || i FROM pipelines p, generate_series(1, 3000) i;
            """
        )
    }

    deinit { pool.close() }

    private static let migrations = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../migrations").path

    /// Makes the database refuse the deletion of a job's rows.
    func refuseDeletion(ofJob job: Int64) throws {
        try execute(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
            CREATE TRIGGER refuses BEFORE DELETE ON artifacts FOR EACH ROW WHEN (OLD.job_id = \(job))
            EXECUTE FUNCTION refuse();
            """
        )
    }

    func execute(_ script: String) throws { try Connection(conninfo: conninfo).execute(script) }

    func number(_ sql: String) throws -> Int64 { try pool.query(SQL(unescaped: sql)).onlyRow().int64(0) }

    func sweeper(batch: Int = 1000, delay: Int64 = 0) -> Sweeper {
        Sweeper(pool: pool, store: store, options: SweepOptions(batch: batch, removalDelay: delay))
    }

    /// Takes bytes in and adds a row that uses them, as an upload does.
    ///
    /// - Returns: The content's number.
    @discardableResult
    func add(
        _ job: Int64,
        _ text: String,
        type: String = "junit",
        expiry: String = "now() - interval '1 hour'"
    ) throws -> Int64 {
        try pool.transaction(throwing: TestFailure.self) { connection throws(TestFailure) in
            try self.add(job, text, type: type, expiry: expiry, in: connection)
        }
    }

    /// The same inside a transaction that the caller ends.
    func add(
        _ job: Int64,
        _ text: String,
        type: String = "junit",
        expiry: String = "now() - interval '1 hour'",
        in connection: Connection
    ) throws(TestFailure) -> Int64 {
        do {
            var incoming = try store.begin()
            try Array(text.utf8).withUnsafeBytes { try incoming.write($0) }
            let staged = try incoming.finish(as: .opaque)
            let intake = try Contents.intake(
                connection,
                digest: staged.digest.bytes,
                size: staged.size,
                isIndexed: false
            )
            if intake.isNew { try staged.place(contentID: intake.id) }
            try connection.query(
                """
                INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size,
                                       content_id, expire_at, locked)
                SELECT j.project_id, j.pipeline_id, j.id, t.name, t.format, 'file', \(staged.size), \(intake.id),
                       \(unescaped: expiry), p.locked
                FROM jobs j JOIN pipelines p ON p.id = j.pipeline_id JOIN artifact_types t ON t.name = \(type)
                WHERE j.id = \(job)
                """
            )
            return intake.id
        } catch let error as PostgresError {
            throw TestFailure(error)
        } catch {
            throw TestFailure(text: "\(error)")
        }
    }

    /// What is remembered of rows that have gone: `10001 junit expired`.
    func gone() throws -> [String] {
        let rows = try pool.query("SELECT job_id, file_type, expired FROM gone_artifacts ORDER BY 1, 2")
        return try rows.map { try "\($0.int64(0)) \($0.text(1)) \($0.bool(2) ? "expired" : "deleted")" }
    }

    /// Every file in the store, temporary ones too.
    func files() -> [String] {
        let paths = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        var isDirectory: ObjCBool = false
        return paths.filter {
            FileManager.default.fileExists(atPath: "\(directory.path)/\($0)", isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }.sorted()
    }

    /// Where a file of the store is.
    func path(_ file: String) -> String { "\(directory.path)/\(file)" }

    /// What must never be: rows whose file is missing, and usage that is not the sum of the rows.
    func faults() throws -> [String] {
        var faults: [String] = []
        let rows = try pool.query(
            """
            SELECT DISTINCT c.id, c.sha256, EXISTS (SELECT 1 FROM artifacts a WHERE a.content_id = c.id)
            FROM contents c
            WHERE removing_at IS NULL OR EXISTS (SELECT 1 FROM artifacts a WHERE a.content_id = c.id)
            """
        )
        for row in rows {
            guard let digest = SHA256Digest(bytes: try row.bytes(1)) else { continue }
            let content = ContentReference(id: try row.int64(0), digest: digest)
            let isThere = try store.contains(content)
            if !isThere { faults.append("\(content) is missing, used: \(try row.bool(2))") }
        }
        let wrong = try number(
            """
            SELECT count(*) FROM projects p LEFT JOIN project_statistics s ON s.project_id = p.id
            CROSS JOIN LATERAL (SELECT COALESCE(sum(size), 0) AS size, count(*) AS count
                                FROM artifacts WHERE project_id = p.id) a
            WHERE (COALESCE(s.job_artifacts_size, 0), COALESCE(s.job_artifacts_count, 0)) <> (a.size, a.count)
            """
        )
        if wrong > 0 { faults.append("the usage of \(wrong) projects") }
        return faults
    }

    /// Asks for the deletion of all artifacts of a project, as the API does.
    func requestDeletion(of project: Int64 = 1) throws {
        try pool.query(
            """
            INSERT INTO artifact_deletions (project_id, last_artifact_id)
            SELECT \(project), COALESCE(max(id), 0) FROM artifacts WHERE project_id = \(project)
            """
        )
    }
}

/// Why a test's own preparation failed.
struct TestFailure: Error, PostgresErrorConvertible {
    let text: String

    init(text: String) { self.text = text }
    init(_ error: PostgresError) { text = error.debugDescription }
}

/// `@unchecked Sendable`: each one is used by one thread at a time.
struct LentConnection: @unchecked Sendable {
    let connection: Connection
}
