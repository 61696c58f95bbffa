/// The metrics of the audit trail.
public struct AuditMetrics: Sendable {
    /// Records that are in the database.
    public let written: Counter

    /// Records that were lost: there was no room for them, or the database would never take them.
    public let dropped: Counter

    /// Attempts to write that failed.
    public let writeFailures: Counter

    /// Records that were removed at the end of their retention.
    public let removed: Counter

    /// Records that wait to be written.
    public let queued: Gauge

    /// Registers the metrics.
    ///
    /// - Parameter registry: Where they are registered.
    /// - Throws: An ``ObservabilityError`` if the registry holds one of the names already.
    public init(registry: MetricsRegistry) throws(ObservabilityError) {
        written = try registry.counter("artifactd_audit_written_total", help: "Audit records written.")[0]
        dropped = try registry.counter("artifactd_audit_dropped_total", help: "Audit records lost.")[0]
        writeFailures = try registry.counter(
            "artifactd_audit_write_failures_total",
            help: "Attempts to write audit records that failed."
        )[0]
        removed = try registry.counter(
            "artifactd_audit_removed_total",
            help: "Audit records removed at the end of their retention."
        )[0]
        queued = try registry.gauge("artifactd_audit_queued", help: "Audit records that wait to be written.")[0]
    }
}
