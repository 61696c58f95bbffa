internal import Artifacts
internal import Postgres

/// A change with its event: recorded inside the change's transaction or once that is committed, as the mode wants it.
struct AuditedChange {
    let trail: AuditTrail
    let event: AuditEvent
    /// Whether it was the trail that failed the transaction.
    private var hasFailed = false

    init(_ event: AuditEvent, _ trail: AuditTrail) {
        self.trail = trail
        self.event = event
    }

    /// To be called last in the transaction, where the change has been made; once an attempt, should there be several.
    ///
    /// - Parameter connection: A connection inside the change's transaction.
    /// - Throws: `PostgresError` where the change may not be committed.
    mutating func record(in connection: Connection) throws(PostgresError) {
        hasFailed = true
        try trail.record(event, in: connection)
        hasFailed = false
    }

    /// To be called once the change is committed.
    func committed() {
        trail.recordCommitted(event)
    }

    /// What the client is told when the transaction failed: to come back, if it was for the trail.
    ///
    /// - Parameter error: The failure.
    /// - Returns: The failure of the request.
    func failure(_ error: PostgresError) -> RequestFailure {
        hasFailed ? .unavailable(cause: "audit: \(error.debugDescription)") : .database(error)
    }
}
