import Synchronization

/// All metrics of the process, and their text for Prometheus.
///
/// Metrics are registered at the start; increments go to the series directly and never meet the registry's lock.
public final class MetricsRegistry: Sendable {
    /// A registered metric: its head and how its samples are read.
    private struct Entry: Sendable {
        let name: String
        let append: @Sendable (inout PrometheusText) -> Void
    }

    private let entries = Mutex<[Entry]>([])

    /// Makes an empty registry.
    public init() {}

    /// Registers a counter.
    ///
    /// - Parameters:
    ///   - name: The metric's name, which ends in `_total`.
    ///   - help: What it counts, one sentence.
    ///   - labels: Its labels.
    ///   - isSparse: Whether series at zero are left out; for families with many combinations that never occur.
    /// - Returns: The series.
    /// - Throws: An ``ObservabilityError`` if the name is taken or not allowed.
    public func counter(
        _ name: String,
        help: String,
        labels: [MetricLabel] = [],
        isSparse: Bool = false
    ) throws(ObservabilityError) -> MetricFamily<Counter> {
        let family = MetricFamily(labels: labels) { Counter() }
        try register(name, labels: labels) { text in
            text.head(name, help: help, type: "counter")
            for (index, counter) in family.series.enumerated() where !isSparse || counter.value > 0 {
                text.sample(name, family.labelValues(at: index), .integer(counter.value))
            }
        }
        return family
    }

    /// Registers a gauge.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - help: What it measures, one sentence.
    ///   - labels: Its labels.
    /// - Returns: The series.
    /// - Throws: An ``ObservabilityError`` if the name is taken or not allowed.
    public func gauge(
        _ name: String,
        help: String,
        labels: [MetricLabel] = []
    ) throws(ObservabilityError) -> MetricFamily<Gauge> {
        let family = MetricFamily(labels: labels) { Gauge() }
        try register(name, labels: labels) { text in
            text.head(name, help: help, type: "gauge")
            for (index, gauge) in family.series.enumerated() {
                text.sample(name, family.labelValues(at: index), .number(Double(gauge.value)))
            }
        }
        return family
    }

    /// Registers a histogram of durations, observed in nanoseconds and exposed in seconds.
    ///
    /// - Parameters:
    ///   - name: The metric's name, which ends in `_seconds`.
    ///   - help: What it measures, one sentence.
    ///   - labels: Its labels.
    ///   - bounds: The upper bounds of the buckets in seconds, ascending.
    ///   - isSparse: Whether series without observations are left out.
    /// - Returns: The series.
    /// - Throws: An ``ObservabilityError`` if the name is taken or not allowed.
    public func durations(
        _ name: String,
        help: String,
        labels: [MetricLabel] = [],
        bounds: [Double],
        isSparse: Bool = false
    ) throws(ObservabilityError) -> MetricFamily<Histogram> {
        let units = bounds.map { UInt64(max(0, min($0, 1e9)) * 1e9) }
        let family = MetricFamily(labels: labels) { Histogram(bounds: units) }
        try register(name, labels: labels) { text in
            text.head(name, help: help, type: "histogram")
            for (index, histogram) in family.series.enumerated() {
                let cumulative = histogram.cumulative
                guard !isSparse || cumulative.last != 0 else { continue }
                text.histogram(
                    name,
                    family.labelValues(at: index),
                    bounds,
                    cumulative,
                    sum: Double(histogram.sum) / 1e9
                )
            }
        }
        return family
    }

    /// Registers a metric that is read when it is scraped.
    ///
    /// - Parameters:
    ///   - name: The metric's name; it ends in `_total` if it only grows.
    ///   - help: What it measures, one sentence.
    ///   - label: Its label, if it has one.
    ///   - read: The values in the order of the label's values, or the one value; quick, and safe from any thread.
    /// - Throws: An ``ObservabilityError`` if the name is taken or not allowed.
    public func observed(
        _ name: String,
        help: String,
        label: MetricLabel? = nil,
        read: @escaping @Sendable () -> [Double]
    ) throws(ObservabilityError) {
        try register(name, labels: label.map { [$0] } ?? []) { text in
            text.head(name, help: help, type: name.hasSuffix("_total") ? "counter" : "gauge")
            for (index, value) in read().enumerated() {
                guard let label else { return text.sample(name, [], .number(value)) }
                guard index < label.values.count else { return }
                text.sample(name, [(label.name, label.values[index])], .number(value))
            }
        }
    }

    /// Registers a metric that tells facts by its labels; its value is always 1.
    ///
    /// - Parameters:
    ///   - name: The metric's name, which ends in `_info`.
    ///   - help: What it tells, one sentence.
    ///   - facts: The labels and their values.
    /// - Throws: An ``ObservabilityError`` if a name is taken or not allowed.
    public func info(
        _ name: String,
        help: String,
        facts: [(name: String, value: String)]
    ) throws(ObservabilityError) {
        try register(name, labels: facts.map { MetricLabel($0.name, values: []) }) { text in
            text.head(name, help: help, type: "gauge")
            text.sample(name, facts, .integer(1))
        }
    }

    /// The values of all metrics in Prometheus' text format 0.0.4, in the order of registration.
    ///
    /// - Returns: The text, UTF-8.
    public func exposition() -> [UInt8] {
        // The closures may take locks of their own, so ours is not held while they run.
        let current = entries.withLock { $0 }
        var text = PrometheusText()
        for entry in current { entry.append(&text) }
        return text.bytes
    }

    private func register(
        _ name: String,
        labels: [MetricLabel],
        append: @escaping @Sendable (inout PrometheusText) -> Void
    ) throws(ObservabilityError) {
        for name in [name] + labels.map(\.name) where !PrometheusText.isName(name) {
            throw ObservabilityError(.invalidMetricName, name)
        }
        let isNew = entries.withLock { entries in
            guard !entries.contains(where: { $0.name == name }) else { return false }
            entries.append(Entry(name: name, append: append))
            return true
        }
        guard isNew else { throw ObservabilityError(.duplicateMetric, name) }
    }
}
