internal import Artifacts
internal import Postgres

/// A change with its event: recorded inside the change's transaction or once that is committed, as the mode wants it.
struct AuditedChange {
    private let event: AuditEvent
    private let trail: AuditTrail

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
        var hasFailed = false
        do throws(PostgresError) {
            return try body { connection throws(PostgresError) in
                hasFailed = true
                try trail.record(event, in: connection)
                hasFailed = false
            }
        } catch {
            throw hasFailed ? .unavailable(cause: "audit: \(error.debugDescription)") : .database(error)
        }
    }

    /// To be called once the change is made and committed.
    func committed() {
        trail.recordCommitted(event)
    }
}
