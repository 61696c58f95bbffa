/// Runs one migration and records it.
struct MigrationRunner {
    let connection: Connection
    let options: Migrator.Options

    /// Runs a migration, and runs it again when it only failed to get a lock.
    ///
    /// - Parameters:
    ///   - migration: The migration.
    ///   - checksum: What is recorded beside it.
    /// - Throws: `.failed` or `.endsTransaction`.
    func run(_ migration: Migration, checksum: [UInt8]) throws(MigrationError) {
        var attempt = 1
        while true {
            do {
                return try runOnce(migration, checksum)
            } catch {
                guard attempt < options.attempts, Self.isLockConflict(error) else { throw error }
                attempt += 1
            }
        }
    }

    private func runOnce(_ migration: Migration, _ checksum: [UInt8]) throws(MigrationError) {
        do {
            if migration.runsInTransaction {
                try connection.transaction(throwing: Failure.self) { connection throws(Failure) in
                    try runInside(connection, migration, checksum)
                }
            } else {
                try runOutside(migration, checksum)
            }
        } catch {
            switch error {
            case .postgres(let cause): throw .failed(migration.identifier, cause)
            case .endsTransaction: throw .endsTransaction(migration.identifier)
            }
        }
    }

    /// The script and its record stand or fall together.
    private func runInside(_ connection: Connection, _ migration: Migration, _ checksum: [UInt8]) throws(Failure) {
        try Failure.wrapping { () throws(PostgresError) in
            let wait = options.lockTimeout.milliseconds
            try connection.execute("SET LOCAL lock_timeout = \(wait); SET LOCAL statement_timeout = 0")
            try connection.execute(migration.script)
        }
        guard connection.status == .inTransaction else { throw .endsTransaction }
        try Failure.wrapping { () throws(PostgresError) in try record(migration, checksum) }
    }

    /// A crash between the script and its record runs the script again: it has to bear that (`IF NOT EXISTS`).
    private func runOutside(_ migration: Migration, _ checksum: [UInt8]) throws(Failure) {
        try Failure.wrapping { () throws(PostgresError) in
            try connection.execute("SET statement_timeout = 0")
            defer { _ = try? connection.execute("RESET statement_timeout") }
            for statement in migration.statements { try connection.execute(statement) }
            try record(migration, checksum)
        }
    }

    private func record(_ migration: Migration, _ checksum: [UInt8]) throws(PostgresError) {
        try connection.query(
            """
            INSERT INTO schema_migrations (version, name, checksum)
            VALUES (\(migration.version), \(migration.name), \(checksum))
            """
        )
    }

    private static func isLockConflict(_ error: MigrationError) -> Bool {
        guard case .failed(_, let cause) = error else { return false }
        return cause.code == .server(.lockNotAvailable) || cause.code == .server(.deadlockDetected)
    }

    private enum Failure: PostgresErrorConvertible {
        case postgres(PostgresError)
        case endsTransaction

        init(_ error: PostgresError) {
            self = .postgres(error)
        }
    }
}
