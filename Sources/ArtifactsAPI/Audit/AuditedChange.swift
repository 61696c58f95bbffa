internal import Artifacts
internal import Postgres

/// A change with its event: recorded inside the change's transaction or once that is committed, as the mode wants it.
///
/// Not `Sendable`: it belongs to the thread of its request. What the event tells may be completed inside the transaction, as
/// long as it is not recorded.
final class AuditedChange {
    /// What is recorded.
    var event: AuditEvent
    private let trail: AuditTrail
    /// Whether it was the event that could not be written.
    private var recordingHasFailed = false

    init(_ event: AuditEvent, _ trail: AuditTrail) {
        self.event = event
        self.trail = trail
    }

    /// Runs the change.
    ///
    /// - Parameter body: The transaction; it is given what it has to call inside, as its last step, if it makes the change.
    /// - Returns: What `body` returns.
    /// - Throws: `RequestFailure` where nothing was changed: 503 if that is because the event could not be written.
    func run<R>(
        _ body: (_ record: (Connection) throws(PostgresError) -> Void) throws(PostgresError) -> R
    ) throws(RequestFailure) -> R {
        do throws(PostgresError) {
            return try body { connection throws(PostgresError) in try record(in: connection) }
        } catch {
            throw failure(error)
        }
    }

    /// Records the event in the transaction of its change, where the mode wants that.
    ///
    /// - Parameter connection: A connection inside the transaction.
    /// - Throws: `PostgresError` where the event cannot be written; the transaction has failed then.
    func record(in connection: Connection) throws(PostgresError) {
        recordingHasFailed = true
        try trail.record(event, in: connection)
        recordingHasFailed = false
    }

    /// What the client is told when the database failed: 503 if the event could not be written.
    ///
    /// - Parameter error: The failure.
    /// - Returns: The answer's failure.
    func failure(_ error: PostgresError) -> RequestFailure {
        recordingHasFailed ? .unavailable(cause: "audit: \(error.debugDescription)") : .database(error)
    }

    /// To be called once the change is made and committed.
    func committed() {
        trail.recordCommitted(event)
    }
}
