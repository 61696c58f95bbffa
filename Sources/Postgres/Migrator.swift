/// Brings a database's schema up to this release: numbered files, each applied once and in order.
///
/// What is applied stands in the table `schema_migrations` with a checksum of each file, so a file that was edited
/// after the fact is found. Files only ever go forward; a mistake is mended by the next file.
public struct Migrator: Sendable {
    /// How `apply` behaves while others use the database.
    public struct Options: Sendable {
        /// How long to wait for another session that migrates.
        ///
        /// Default: 30 s.
        public var lockDeadline: Duration = .seconds(30)
        /// How long a file waits for one lock: a queued `ALTER TABLE` holds up every later reader.
        ///
        /// Default: 2 s.
        public var lockTimeout: Duration = .seconds(2)
        /// How often a file that ran into `lockTimeout` or a deadlock is run.
        ///
        /// Default: 5.
        public var attempts = 5

        /// The defaults.
        public init() {}
    }

    /// The migrations, in order.
    public let migrations: [Migration]

    let options: Options
    private let digest: @Sendable ([UInt8]) -> [UInt8]

    /// A migrator for the files of a directory.
    ///
    /// - Parameters:
    ///   - directory: The directory; files in it that do not end in `.sql` are left alone.
    ///   - options: How to behave while others use the database.
    ///   - digest: SHA-256.
    /// - Throws: `.unreadable`, `.badName`, `.notText`, `.duplicate` or `.gap`.
    public init(
        directory: String,
        options: Options = Options(),
        digest: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) throws(MigrationError) {
        try self.init(MigrationDirectory(path: directory).load(), options: options, digest: digest)
    }

    /// A migrator for given migrations.
    ///
    /// - Parameters:
    ///   - migrations: The migrations, in any order.
    ///   - options: How to behave while others use the database.
    ///   - digest: SHA-256.
    /// - Throws: `.duplicate` or `.gap`.
    public init(
        _ migrations: [Migration],
        options: Options = Options(),
        digest: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) throws(MigrationError) {
        self.migrations = migrations.sorted { $0.version < $1.version }
        self.options = options
        self.digest = digest
        for (index, migration) in self.migrations.enumerated() {
            if migration.version == index { throw .duplicate(version: index) }
            if migration.version != index + 1 { throw .gap(version: index + 1) }
        }
    }

    /// Compares a database with the migrations, without changing it.
    ///
    /// - Parameter connection: A connection to the database.
    /// - Returns: How the schema stands.
    /// - Throws: `.database`.
    public func status(_ connection: Connection) throws(MigrationError) -> MigrationStatus {
        MigrationStatus(applied: try applied(connection), known: known)
    }

    /// Applies what is missing.
    ///
    /// Run again it does nothing.
    ///
    /// - Parameters:
    ///   - connection: A connection of its own, in no transaction: one session migrates at a time, by an advisory lock
    ///     that the session holds to the end.
    ///   - progress: Called after each migration that was applied.
    /// - Returns: The migrations that were applied.
    /// - Throws: Why not all are applied now. Those before the one that failed stay applied.
    @discardableResult
    public func apply(
        _ connection: Connection,
        progress: (Migration) -> Void = { _ in }
    ) throws(MigrationError) -> [Migration] {
        let lock = MigrationLock(connection: connection)
        try lock.take(deadline: options.lockDeadline)
        defer { lock.release() }
        try createTable(connection)
        let pending = try pending(connection)
        let runner = MigrationRunner(connection: connection, options: options)
        for migration in pending {
            try runner.run(migration, checksum: checksum(migration))
            progress(migration)
        }
        return pending
    }

    private var known: [(migration: Migration, checksum: [UInt8])] {
        migrations.map { ($0, checksum($0)) }
    }

    private func checksum(_ migration: Migration) -> [UInt8] {
        digest(Array(migration.script.utf8))
    }

    private func pending(_ connection: Connection) throws(MigrationError) -> [Migration] {
        let applied = try applied(connection)
        switch MigrationStatus(applied: applied, known: known) {
        case .current: return []
        case .empty: return migrations
        case .changed(let changed): throw .changed(changed.map(\.identifier))
        case .ahead(let unknown): throw .ahead(unknown)
        case .behind(let missing):
            let latest = applied.keys.max() ?? 0
            let late = missing.filter { $0.version < latest }
            guard late.isEmpty else { throw .outOfOrder(late.map(\.identifier)) }
            return missing
        }
    }

    private func applied(_ connection: Connection) throws(MigrationError) -> [Int: [UInt8]] {
        try MigrationError.wrapping { () throws(PostgresError) in
            let exists: SQL = "SELECT to_regclass('schema_migrations') IS NOT NULL"
            guard try connection.query(exists).onlyRow().bool(0) else { return [:] }
            var checksums: [Int: [UInt8]] = [:]
            for row in try connection.query("SELECT version, checksum FROM schema_migrations") {
                checksums[Int(try row.int64(0))] = try row.bytes(1)
            }
            return checksums
        }
    }

    private func createTable(_ connection: Connection) throws(MigrationError) {
        try MigrationError.wrapping { () throws(PostgresError) in
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    version integer PRIMARY KEY CHECK (version > 0),
                    name text NOT NULL,
                    checksum bytea NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                );
                COMMENT ON TABLE schema_migrations IS 'The migrations that this database has seen; written by migrate.';
                COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256 of the file as it was applied.';
                """
            )
        }
    }
}
