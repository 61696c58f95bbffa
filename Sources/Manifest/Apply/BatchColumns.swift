import Postgres

/// Many rows for one statement: each column is one array bind, whatever its type, as text.
///
/// The statement reads them with `unnest` and casts; ten thousand rows are then one round trip. Moments travel as
/// microseconds since the Unix epoch and become times with `moment(_:)`.
struct BatchColumns {
    private var columns: [[String?]]

    init(_ rows: [[String?]], width: Int) {
        columns = (0..<width).map { column in rows.map { $0[column] } }
    }

    var binds: [Bind] { columns.map(Bind.textArray) }

    /// As many placeholders as there are columns: `$1, $2`.
    static func placeholders(_ width: Int) -> String {
        (1...width).map { "$\($0)" }.joined(separator: ", ")
    }

    /// The expression that makes a time of a column of microseconds; exact up to 2^53 µs, the year 2255.
    static func moment(_ column: String) -> String {
        "'epoch'::timestamptz + \(column)::bigint * interval '1 microsecond'"
    }
}

extension StoredTime {
    /// The moment as a batch carries it.
    var batchText: String? { moment.map { String($0) } }
}

extension Bool {
    /// The value as a batch carries it.
    var batchText: String { self ? "t" : "f" }
}
