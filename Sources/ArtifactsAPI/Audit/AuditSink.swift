public import Artifacts
public import ArtifactsPostgres
public import Postgres

/// Where audit events end up.
public protocol AuditSink: Sendable {
    /// Adds events, all or none of them, durably.
    ///
    /// - Parameter events: The events; to add them again is harmless.
    /// - Throws: `PostgresError` where they were not added, or nobody knows.
    func append(_ events: [AuditEvent]) throws(PostgresError)

    /// Removes a batch of the oldest events.
    ///
    /// - Parameters:
    ///   - moment: Events before it are removed, in microseconds since the Unix epoch.
    ///   - batch: The most events to remove.
    /// - Returns: How many were removed.
    /// - Throws: `PostgresError` where the database refuses or is away.
    func removeExpired(before moment: Int64, batch: Int) throws(PostgresError) -> Int
}

extension AuditLog: AuditSink {}
