import ArtifactsPostgres
public import ContentStore
import Glibc
public import Postgres

/// Brings a manifest into the database and the store.
public enum ManifestApplier {
    /// Applies a document, all of it or nothing.
    ///
    /// The files are copied into the store before the transaction begins, so that it holds no lock meanwhile; they get
    /// their names in it, and lose them again when it fails.
    ///
    /// - Parameters:
    ///   - document: The manifest.
    ///   - directory: What the names of files are relative to: the directory of the document.
    ///   - pool: The database, migrated.
    ///   - store: Where content goes.
    ///   - options: The time and the instance's settings.
    ///   - progress: Told after each block that was taken in.
    /// - Returns: What was done.
    /// - Throws: `.invalid` with up to 20 problems, `.database` or `.store`; nothing has changed then.
    public static func apply(
        _ document: ManifestDocument,
        directory: String,
        pool: ConnectionPool,
        store: ContentStore,
        options: ApplyOptions,
        progress: (ApplyProgress) -> Void = { _ in }
    ) throws(ManifestError) -> ApplySummary {
        let files = FileIntake(store: store, directory: directory, limits: options.zipLimits)
        try files.stage(document, progress: progress)
        var wasComplete = false
        do {
            return try pool.transaction(throwing: ManifestError.self) { connection throws(ManifestError) in
                let run = ApplyRun(connection: connection, files: files, options: options)
                let summary = try run.apply(document)
                wasComplete = true
                return summary
            }
        } catch {
            // A connection lost during COMMIT leaves open whether the rows are there. Files without rows are garbage
            // that gc finds; rows without files would be lost content.
            if !wasComplete || !mayHaveCommitted(files, pool) { files.unplace() }
            throw error
        }
    }

    private static func mayHaveCommitted(_ files: FileIntake, _ pool: ConnectionPool) -> Bool {
        guard let content = files.placed.first else { return false }
        do {
            return try pool.transaction { connection throws(PostgresError) in
                // The lock of the run is free only when its transaction has ended, one way or the other.
                try connection.query("SELECT pg_advisory_xact_lock(\(ApplyRun.lock))")
                return try !connection.query("SELECT 1 FROM contents WHERE id = \(content.id)").isEmpty
            }
        } catch {
            return true
        }
    }
}
