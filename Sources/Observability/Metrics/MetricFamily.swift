/// The series of one metric: one for each combination of its labels' values, all made at the start.
///
/// Finding a series is arithmetic on indexes; nothing is hashed, locked or allocated.
public struct MetricFamily<Series: Sendable>: Sendable {
    let labels: [MetricLabel]
    let series: [Series]

    /// Makes the series of at most two labels.
    init(labels: [MetricLabel], make: () -> Series) {
        self.labels = labels
        series = (0..<labels.reduce(1) { $0 * $1.values.count }).map { _ in make() }
    }

    /// The series of a metric with one label, or the only one of a metric without (index 0).
    ///
    /// - Parameter first: The index of the label's value; beyond the table it is the last one, `other`.
    /// - Returns: The series.
    public subscript(first: Int) -> Series {
        switch labels.count {
        case 0: series[0]
        case 1: series[clamp(first, 0)]
        default: self[first, 0]
        }
    }

    /// The series of a metric with two labels.
    ///
    /// - Parameters:
    ///   - first: The index of the first label's value; beyond the table it is the last one, `other`.
    ///   - second: The index of the second label's value; likewise.
    /// - Returns: The series.
    public subscript(first: Int, second: Int) -> Series {
        guard labels.count == 2 else { return self[first] }
        return series[clamp(first, 0) * labels[1].values.count + clamp(second, 1)]
    }

    /// The values of the labels of a series, in the order of the labels.
    func labelValues(at index: Int) -> [(name: String, value: String)] {
        var rest = index
        var values: [(name: String, value: String)] = []
        for label in labels.reversed() {
            values.append((label.name, label.values[rest % label.values.count]))
            rest /= label.values.count
        }
        return values.reversed()
    }

    private func clamp(_ index: Int, _ dimension: Int) -> Int {
        let count = labels[dimension].values.count
        return index >= 0 && index < count ? index : count - 1
    }
}
