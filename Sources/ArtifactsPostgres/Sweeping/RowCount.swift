/// Artifact rows that went, and what they counted.
public struct RowCount: Sendable, Equatable {
    /// How many rows.
    public var rows: Int64
    /// Their sizes in bytes; rows that share a content count it each.
    public var bytes: Int64

    /// Counts rows.
    ///
    /// - Parameters:
    ///   - rows: How many.
    ///   - bytes: Their sizes in bytes.
    public init(rows: Int64 = 0, bytes: Int64 = 0) {
        self.rows = rows
        self.bytes = bytes
    }

    /// Both counts together.
    ///
    /// - Parameters:
    ///   - left: A count.
    ///   - right: Another one.
    /// - Returns: The sum; what would overflow stays at the largest number.
    public static func + (left: RowCount, right: RowCount) -> RowCount {
        RowCount(rows: sum(left.rows, right.rows), bytes: sum(left.bytes, right.bytes))
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
