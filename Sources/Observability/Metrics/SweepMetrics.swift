/// Why a row was deleted.
public enum SweepReasonLabel: String, Sendable, CaseIterable {
    /// It was not available any more.
    case expired
    /// All artifacts of its project were to be deleted.
    case projectDeletion = "project_deletion"
}

/// What waits for a sweeper.
public enum SweepBacklogLabel: String, Sendable, CaseIterable {
    /// Contents that lost a row and have not been looked at since.
    case released
    /// Contents whose files are being unlinked, or could not be.
    case condemned
    /// Deletions of all artifacts of a project that are not done with.
    case deletions
}

/// The metrics of the server's sweeper.
public struct SweepMetrics: Sendable {
    /// Logs of ended jobs that were made artifacts.
    public let logsArchived: Counter
    /// Contents whose files were unlinked.
    public let contentsRemoved: Counter
    /// The bytes of these contents.
    public let bytesRemoved: Counter
    /// Passes that ended in a failure.
    public let failures: Counter
    /// Files that could not be unlinked; each try counts.
    public let removalFailures: Counter
    /// When the last pass ended without a failure, in seconds since 1970; 0 before the first.
    public let lastSuccess: Gauge

    private let rows: MetricFamily<Counter>
    private let backlog: MetricFamily<Gauge>

    /// Registers the metrics.
    ///
    /// - Parameter registry: Where they are registered.
    /// - Throws: An ``ObservabilityError`` if the registry holds one of the names already.
    public init(registry: MetricsRegistry) throws(ObservabilityError) {
        rows = try registry.counter(
            "artifactd_sweep_rows_total",
            help: "Artifact rows deleted in the background.",
            labels: [MetricLabel("reason", cases: SweepReasonLabel.self)]
        )
        logsArchived = try registry.counter(
            "artifactd_sweep_logs_archived_total",
            help: "Logs of ended jobs that were made artifacts."
        )[0]
        contentsRemoved = try registry.counter(
            "artifactd_sweep_contents_removed_total",
            help: "Contents whose files were unlinked."
        )[0]
        bytesRemoved = try registry.counter(
            "artifactd_sweep_bytes_removed_total",
            help: "Bytes of the contents whose files were unlinked."
        )[0]
        failures = try registry.counter(
            "artifactd_sweep_failures_total",
            help: "Passes of the sweeper that ended in a failure."
        )[0]
        removalFailures = try registry.counter(
            "artifactd_sweep_removal_failures_total",
            help: "Files that could not be unlinked; each try counts."
        )[0]
        backlog = try registry.gauge(
            "artifactd_sweep_backlog",
            help: "What waited for a sweeper at the end of the last pass.",
            labels: [MetricLabel("kind", cases: SweepBacklogLabel.self)]
        )
        lastSuccess = try registry.gauge(
            "artifactd_sweep_last_success_timestamp_seconds",
            help: "When the last pass ended without a failure; 0 before the first."
        )[0]
    }

    /// Counts deleted rows.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - reason: Why they were deleted.
    public func countRows(_ count: Int, reason: SweepReasonLabel) { rows[reason.labelIndex].add(count) }

    /// Notes what waits.
    ///
    /// - Parameters:
    ///   - count: How much.
    ///   - kind: What it is.
    public func setBacklog(_ count: Int, of kind: SweepBacklogLabel) { backlog[kind.labelIndex].set(count) }
}
