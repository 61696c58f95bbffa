import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Migrator")
struct MigratorTests {
    private let first = Migration(version: 1, name: "jobs", script: "CREATE TABLE jobs (id int8);")
    private let second = Migration(version: 2, name: "names", script: "ALTER TABLE jobs ADD COLUMN name text;")
    private let third = Migration(
        version: 3,
        name: "index",
        script: "-- no-transaction\nCREATE INDEX CONCURRENTLY jobs_name ON jobs (name);"
    )

    private func database() throws -> Connection {
        try Connection(conninfo: PostgresCluster.shared().createDatabase())
    }

    private func migrator(_ migrations: [Migration], _ options: Migrator.Options = .init()) throws -> Migrator {
        try Migrator(migrations, options: options, digest: testDigest)
    }

    private func migrationFailure(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? MigrationError)?.description
        }
    }

    @Test("without a transaction, every mark begins a statement of its own")
    func statements() throws {
        let mark = "-- no-transaction\n"
        let build = "CREATE INDEX CONCURRENTLY names ON jobs (name);"
        let script = "\(mark)DROP INDEX CONCURRENTLY IF EXISTS names;\n\(mark)\(build)\n\(mark)-- The end.\n"
        let connection = try database()
        try connection.execute("CREATE TABLE jobs (id int8, name text)")
        try connection.execute(build)
        try migrator([Migration(version: 1, name: "index", script: script)]).apply(connection)
        let found: SQL = "SELECT count(*) FROM pg_indexes WHERE indexname = 'names'"
        #expect(try connection.query(found).onlyRow().int64(0) == 1)
    }

    @Test("migrations are applied in order, once, and recorded")
    func apply() throws {
        let connection = try database()
        let migrator = try migrator([third, first, second])
        #expect(try migrator.status(connection) == .empty)
        var seen: [String] = []
        try migrator.apply(connection) { seen.append($0.identifier) }
        #expect(seen == ["0001_jobs", "0002_names", "0003_index"])
        #expect(try migrator.status(connection) == .current)
        #expect(try migrator.apply(connection).isEmpty, "run again it does nothing")
        try connection.query("INSERT INTO jobs (id, name) VALUES (1, 'a')")
        let rows = try connection.query("SELECT version, name, checksum FROM schema_migrations ORDER BY version")
        #expect(try rows.map { try $0.text(1) } == ["jobs", "names", "index"])
        #expect(try rows[0].bytes(2) == testDigest(Array(first.script.utf8)))
    }

    @Test("a database that is behind, ahead or changed is told apart, and told how")
    func status() throws {
        let connection = try database()
        try migrator([first, second]).apply(connection)
        let behind = try migrator([first, second, third])
        #expect(try behind.status(connection) == .behind(missing: [third]))
        #expect(try behind.status(connection).description.contains("missing 0003_index"))
        let ahead = try migrator([first])
        #expect(try ahead.status(connection) == .ahead(unknown: [2]))
        #expect(migrationFailure { try ahead.apply(connection) }?.contains("version 2") == true)
        let edited = Migration(version: 2, name: "names", script: second.script + " ")
        let changed = try migrator([first, edited])
        #expect(try changed.status(connection) == .changed([edited]))
        #expect(migrationFailure { try changed.apply(connection) }?.contains("0002_names") == true)
    }

    @Test("a migration below an applied one is refused")
    func outOfOrder() throws {
        let connection = try database()
        try migrator([first, second]).apply(connection)
        try connection.query("DELETE FROM schema_migrations WHERE version = 1")
        #expect(migrationFailure { try migrator([first, second]).apply(connection) }?.contains("0001_jobs") == true)
    }

    @Test("a migration that fails leaves nothing behind, and those before it stay")
    func failing() throws {
        let connection = try database()
        let broken = Migration(version: 2, name: "broken", script: "CREATE TABLE half (); SELECT nonsense;")
        let text = migrationFailure { try migrator([first, broken]).apply(connection) }
        #expect(text?.contains("0002_broken") == true && text?.contains("nonsense") == true, "\(text ?? "applied")")
        #expect(try connection.query("SELECT to_regclass('half') IS NULL").onlyRow().bool(0))
        #expect(try migrator([first, second]).status(connection) == .behind(missing: [second]))
        try migrator([first, second]).apply(connection)
    }

    @Test("a migration that commits on its own is refused")
    func endsTransaction() throws {
        let connection = try database()
        let greedy = Migration(version: 1, name: "greedy", script: "CREATE TABLE a (); COMMIT;")
        #expect(migrationFailure { try migrator([greedy]).apply(connection) }?.contains("0001_greedy") == true)
        #expect(connection.status == .idle)
    }

    @Test("sessions that migrate at the same time apply each file once")
    func concurrent() throws {
        let conninfo = try PostgresCluster.shared().createDatabase()
        let migrator = try migrator([first, second, third])
        let applied = Mutex<[String]>([])
        let problems = Mutex<[String]>([])
        onThreads(4) { _ in
            do {
                let done = try migrator.apply(Connection(conninfo: conninfo))
                applied.withLock { $0 += done.map(\.identifier) }
            } catch {
                problems.withLock { $0.append("\(error)") }
            }
        }
        #expect(problems.withLock { $0 } == [])
        #expect(applied.withLock { $0 }.sorted() == ["0001_jobs", "0002_names", "0003_index"])
    }

    @Test("a session that holds the lock is named")
    func locked() throws {
        let conninfo = try PostgresCluster.shared().createDatabase()
        let holder = try Connection(conninfo: conninfo)
        try holder.query("SELECT pg_advisory_lock(\(Int64(0x6172_7469_6661_6374)))")
        var options = Migrator.Options()
        options.lockDeadline = .milliseconds(10)
        let text = migrationFailure { try migrator([first], options).apply(Connection(conninfo: conninfo)) }
        #expect(text?.contains("\(holder.backendPID)") == true, "\(text ?? "applied")")
    }

    @Test("a lock that is free at the second attempt is no failure")
    func lockRetry() throws {
        let conninfo = try PostgresCluster.shared().createDatabase()
        let connection = try Connection(conninfo: conninfo)
        try migrator([first]).apply(connection)
        let reader = try Connection(conninfo: conninfo)
        try reader.execute(
            "BEGIN; LOCK TABLE jobs IN ACCESS SHARE MODE; SET LOCAL idle_in_transaction_session_timeout = 150"
        )
        var options = Migrator.Options()
        options.lockTimeout = .milliseconds(50)
        options.attempts = 100
        #expect(try migrator([first, second], options).apply(connection) == [second])
    }
}

@Suite("Migration files")
struct MigrationFileTests {
    @Test(
        "a file name gives number and name",
        arguments: [("0001_jobs.sql", 1, "jobs"), ("0420_add_job_index2.sql", 420, "add_job_index2")]
    )
    func names(file: String, version: Int, name: String) throws {
        let migration = try Migration(fileName: file, script: "")
        #expect(migration.version == version)
        #expect(migration.name == name)
        #expect("\(migration.identifier).sql" == file)
    }

    @Test(
        "any other name is an error",
        arguments: [
            "1_jobs.sql", "0000_jobs.sql", "00001_jobs.sql", "0001-jobs.sql", "0001_.sql", "0001_Jobs.sql",
            "0001_jo bs.sql",
            "0001_jobs.SQL", "0001.sql", ".sql", "+001_jobs.sql", "０００1_jobs.sql", "0001_jobs.sql.sql",
        ]
    )
    func badNames(file: String) {
        #expect(throws: MigrationError.self) { try Migration(fileName: file, script: "") }
    }

    @Test("only the first line decides about the transaction")
    func transactionMark() {
        let scripts = ["-- no-transaction", "-- no-transaction\r\nX", "\n-- no-transaction", "-- no-transactions", ""]
        let inside = scripts.map { Migration(version: 1, name: "a", script: $0).runsInTransaction }
        #expect(inside == [false, false, true, true, true])
    }

    @Test("gaps and duplicates are errors")
    func numbering() {
        func load(_ versions: [Int]) -> String? {
            let migrations = versions.map { Migration(version: $0, name: "m", script: "") }
            do {
                _ = try Migrator(migrations, digest: testDigest)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(load([2, 1, 3]) == nil)
        #expect(load([]) == nil)
        #expect(load([1, 3])?.contains("number 2") == true)
        #expect(load([2])?.contains("number 1") == true)
        #expect(load([1, 2, 2])?.contains("two migrations with the number 2") == true)
    }

    @Test("a directory gives its .sql files and leaves the rest alone")
    func directory() throws {
        let directory = try TemporaryDirectory()
        try directory.write("0002_b.sql", "SELECT 2")
        try directory.write("0001_a.sql", "SELECT 'ü'")
        try directory.write("README.md", "not a migration")
        try directory.write(".0003_hidden.sql", "")
        let migrator = try Migrator(directory: directory.path, digest: testDigest)
        #expect(migrator.migrations.map(\.identifier) == ["0001_a", "0002_b"])
        #expect(migrator.migrations.map(\.script) == ["SELECT 'ü'", "SELECT 2"])
    }

    @Test("a file that is not text, or is not there, is an error", arguments: [[0xFF, 0x41], [0x41, 0]] as [[UInt8]])
    func notText(content: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        try directory.write("0001_a.sql", content)
        #expect(throws: MigrationError.self) { try Migrator(directory: directory.path, digest: testDigest) }
        #expect(throws: MigrationError.self) { try Migrator(directory: "/nonexistent", digest: testDigest) }
    }
}
