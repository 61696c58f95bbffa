import CLibPQ

/// The result of a statement: its rows, or how many it changed.
///
/// The rows stay in libpq's memory and are decoded only where they are asked for; the last reference frees them.
///
/// `@unchecked Sendable`: a `PGresult` is never written after it was made, and libpq allows reading it from any
/// thread ("Behavior in Threaded Programs").
public final class Rows: @unchecked Sendable, RandomAccessCollection {
    let result: OpaquePointer

    /// The number of rows.
    public let count: Int

    /// The number of columns.
    public let columnCount: Int

    /// Takes over a result.
    ///
    /// - Parameter result: A `PGresult`, which `deinit` clears.
    init(taking result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
        columnCount = Int(PQnfields(result))
    }

    deinit {
        PQclear(result)
    }

    /// The number of rows that an INSERT, UPDATE, DELETE or SELECT touched; 0 for other statements (`PQcmdTuples`).
    public var affectedRows: Int {
        guard let text = PQcmdTuples(result) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// The first position.
    public var startIndex: Int { 0 }

    /// The position after the last row.
    public var endIndex: Int { count }

    /// The row at a position; one that is not there has only missing columns, whose accessors throw.
    ///
    /// - Parameter position: The position.
    public subscript(position: Int) -> Row { Row(rows: self, index: position) }

    /// The row of a statement that has exactly one.
    ///
    /// - Returns: The row.
    /// - Throws: `.decoding` when there are none or several.
    public func onlyRow() throws(PostgresError) -> Row {
        guard count == 1 else { throw PostgresError(.decoding, "one row expected, \(count) found") }
        return self[0]
    }

    /// The row of a statement that has at most one.
    ///
    /// - Returns: The row, or nil.
    /// - Throws: `.decoding` when there are several.
    public func optionalRow() throws(PostgresError) -> Row? {
        count == 0 ? nil : try onlyRow()
    }
}
