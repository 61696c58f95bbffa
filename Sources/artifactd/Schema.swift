import Configuration
import Cryptography
import Postgres

/// The database's schema, as this release knows it.
enum Schema {
    /// The migrations of this release.
    ///
    /// They are looked for where the settings say, else beside the sources that the program was built from, else where
    /// a package installs them.
    static func migrator(_ configuration: Configuration) throws(CommandFailure) -> Migrator {
        // Where libcrypto cannot hash, it is found out here and not by a checksum that equals none.
        guard (try? SHA256Digest(hashing: [])) != nil else {
            throw CommandFailure(status: .internal, message: "libcrypto cannot compute SHA-256")
        }
        do {
            return try Migrator(directory: directory(configuration)) { script in
                (try? SHA256Digest(hashing: script).bytes) ?? []
            }
        } catch {
            throw CommandFailure(status: .configuration, message: "migrations: \(error)")
        }
    }

    /// Refuses a database whose schema is not that of this release, and says which way it is off.
    static func check(_ pool: ConnectionPool, _ configuration: Configuration) throws(CommandFailure) {
        let status = try status(pool, configuration)
        guard status != .current else { return }
        let advice =
            switch status {
            case .behind, .empty: "; run 'artifactd migrate'"
            default: ""
            }
        throw CommandFailure(status: .configuration, message: "\(status)\(advice)")
    }

    /// How the schema stands to this release.
    static func status(
        _ pool: ConnectionPool,
        _ configuration: Configuration
    ) throws(CommandFailure) -> MigrationStatus {
        let migrator = try migrator(configuration)
        do {
            return try pool.withConnection(throwing: MigrationError.self) { connection throws(MigrationError) in
                try migrator.status(connection)
            }
        } catch {
            throw .database(error)
        }
    }

    private static func directory(_ configuration: Configuration) -> String {
        configuration.migrations ?? Installation.path(inSources: "migrations", installedAs: "migrations")
    }
}
