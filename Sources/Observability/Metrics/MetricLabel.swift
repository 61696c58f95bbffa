/// One label of a metric with all the values that it can take.
///
/// The values are declared up front, from an enumeration or a table of the program: what a client sends can never become
/// a label, so the number of series is bounded.
public struct MetricLabel: Sendable {
    /// The label's name.
    public let name: String

    /// The values; a series is addressed by the index into them.
    public let values: [String]

    /// Declares a label.
    ///
    /// - Parameters:
    ///   - name: The label's name, `[a-zA-Z_][a-zA-Z0-9_]*`.
    ///   - values: All values; a last one `other` is added, which takes indexes beyond the table.
    public init(_ name: String, values: [String]) {
        self.name = name
        self.values = values + ["other"]
    }

    /// Declares a label whose values are the cases of an enumeration.
    ///
    /// - Parameters:
    ///   - name: The label's name, `[a-zA-Z_][a-zA-Z0-9_]*`.
    ///   - cases: The enumeration.
    public init<Value>(_ name: String, cases: Value.Type)
    where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        self.name = name
        self.values = Value.allCases.map(\.rawValue)
    }
}
