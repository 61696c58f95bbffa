public import Artifacts

/// Which events of the audit trail are wanted; what is not said matches all.
public struct AuditFilter: Sendable, Equatable {
    /// A project's number, or its full path, present, previous or as an event has it.
    public var project: String?
    /// A user's name, present or as an event has it, or number.
    public var user: String?
    /// The job whose artifacts it concerned.
    public var jobID: Int64?
    /// Any of these actions; empty for all.
    public var actions: [AuditAction] = []
    /// From this moment on, in microseconds since the Unix epoch.
    public var since: Int64?
    /// Before this moment, in microseconds since the Unix epoch.
    public var until: Int64?
    /// SHA-256 of the stored artifact, 32 bytes.
    public var digest: [UInt8]?
    /// An address or a network, as PostgreSQL's `inet` takes it.
    public var address: String?
    /// A request's identifier.
    public var requestID: String?

    /// Matches every event.
    public init() {}
}

/// An event as it is listed: with what the database added when it was written.
public struct AuditEntry: Sendable, Equatable {
    /// The event.
    public var event: AuditEvent
    /// The user's name when it was written, or `nil`.
    public var username: String?
}
