/// Durations as the server's own settings have them.
public enum DurationText {
    private static let units: [(String, Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Reads a duration.
    ///
    /// - Parameter text: Seconds, or a whole number with a unit: `30s`, `5m`, `2h`, `1d`, `500ms`.
    /// - Returns: Milliseconds, more than none and at most a year, or `nil`.
    public static func milliseconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        let factor = unit.isEmpty ? 1000 : units.first { $0.0 == unit }?.1
        guard let number = Int64(digits), let factor, number > 0 else { return nil }
        let product = number.multipliedReportingOverflow(by: factor)
        return product.overflow || product.partialValue > 365 * 86_400_000 ? nil : product.partialValue
    }
}
