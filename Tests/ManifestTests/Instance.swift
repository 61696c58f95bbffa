import ContentStore
import Foundation
import Manifest
import Postgres
import TestSupport

/// A database with the schema, a store and a directory for documents' files, of one test.
final class Instance {
    /// The moment that `now` stands for: 2026-11-22T13:37:00Z.
    static let now: Int64 = 1_795_354_620_000_000

    let pool: ConnectionPool
    let directory: String
    let store: ContentStore

    init() throws {
        let cluster = try PostgresCluster.shared()
        let template = try cluster.template("manifest") { conninfo in
            try Migrator(directory: Self.schema) { Array($0.prefix(32)) }.apply(Connection(conninfo: conninfo))
        }
        pool = ConnectionPool(conninfo: try cluster.createDatabase(template: template), size: 2)
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory + "/store", withIntermediateDirectories: true)
        store = try ContentStore(root: directory + "/store")
    }

    deinit {
        pool.close()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../migrations").path

    /// Applies a document and tells its summary.
    @discardableResult
    func apply(
        _ yaml: String,
        now: Int64 = Instance.now,
        keepsLatestArtifact: Bool = true,
        progress: (ApplyProgress) -> Void = { _ in }
    ) throws -> String {
        try ManifestApplier.apply(
            ManifestDocument(parsing: yaml),
            directory: directory,
            pool: pool,
            store: store,
            options: ApplyOptions(now: now, keepsLatestArtifact: keepsLatestArtifact),
            progress: progress
        ).description
    }

    /// The lines that tell why a document is refused; empty if it is applied.
    func problems(_ yaml: String, now: Int64 = Instance.now) throws -> [String] {
        do {
            try apply(yaml, now: now)
            return []
        } catch ManifestError.invalid(let problems) {
            return problems.map(\.description)
        }
    }

    /// The rows of a query, as PostgreSQL shows a row: `1,root,t`.
    func rows(_ query: String) throws -> [String] {
        var lines: [String] = []
        for row in try pool.query(SQL(unescaped: "SELECT trim(q::text, '()') FROM (SELECT \(query)) q")) {
            lines.append(try row.text(0))
        }
        return lines
    }

    /// Everything that is stored, in both places.
    func snapshot() throws -> [String] {
        let tables = [
            "users", "groups", "projects", "routes", "redirect_routes", "members", "invited_groups", "access_tokens",
            "protected_refs", "job_token_allowlist", "pipelines", "jobs", "contents", "artifacts", "project_statistics",
            "gone_artifacts",
        ]
        var lines: [String] = []
        for table in tables {
            let rows = try pool.query(SQL(unescaped: "SELECT '\(table): ' || t::text FROM \(table) t ORDER BY 1"))
            for row in rows { lines.append(try row.text(0)) }
        }
        return lines + storedFiles()
    }

    /// The files in the store, temporary ones too.
    func storedFiles() -> [String] {
        let paths = FileManager.default.enumerator(atPath: directory + "/store")?.compactMap { $0 as? String } ?? []
        var isDirectory: ObjCBool = false
        return paths.filter { path in
            FileManager.default.fileExists(atPath: "\(directory)/store/\(path)", isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }.sorted()
    }

    /// Notes every INSERT on some tables in a table `statements`.
    func countStatements(writing tables: [String]) throws {
        try pool.query("CREATE TABLE statements (name text)")
        try pool.query(
            """
            CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO statements VALUES (TG_TABLE_NAME); RETURN NULL; END $$
            """
        )
        for table in tables {
            try pool.query(
                SQL(
                    unescaped: "CREATE TRIGGER counted AFTER INSERT ON \(table) "
                        + "FOR EACH STATEMENT EXECUTE FUNCTION count_statement()"
                )
            )
        }
    }

    func write(_ text: String, to file: String) throws {
        try text.write(toFile: "\(directory)/\(file)", atomically: false, encoding: .utf8)
    }

    /// Makes an archive with Info-ZIP's zip, of one member.
    func makeZip(_ file: String, holding text: String = "hello") throws {
        try write(text, to: "member.txt")
        let zip = Process()
        zip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        zip.arguments = ["zip", "-q", "-X", file, "member.txt"]
        zip.currentDirectoryURL = URL(fileURLWithPath: directory)
        try? FileManager.default.removeItem(atPath: "\(directory)/\(file)")
        try zip.run()
        zip.waitUntilExit()
        guard zip.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
