import CLibPQ

/// One row, whose columns are read by their position in the SELECT list, counted from 0.
///
/// Every accessor checks position, type and NULL, and throws `.decoding` with the column's name: a statement that
/// changed under its reader is an error in the log, never a wrong value and never a trap.
public struct Row: Sendable {
    let rows: Rows
    let index: Int

    /// A column's value as it lies in the result.
    ///
    /// The bytes live as long as `rows`.
    struct Field {
        let bytes: UnsafeRawBufferPointer
        let type: PostgresType

        /// The value as a big-endian integer, when it has the integer's size.
        func integer<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
            guard bytes.count == MemoryLayout<Value>.size else { return nil }
            return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
        }
    }

    /// Whether a column is NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: Whether it is NULL.
    /// - Throws: `.decoding` when there is no such column.
    public func isNull(_ column: Int) throws(PostgresError) -> Bool {
        try field(column) == nil
    }

    /// Finds a column's bytes.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The bytes, or nil for NULL.
    /// - Throws: `.decoding` when there is no such column or row.
    func field(_ column: Int) throws(PostgresError) -> Field? {
        guard column >= 0, column < rows.columnCount, index >= 0, index < rows.count else {
            throw PostgresError(
                .decoding,
                "no column \(column) in row \(index): \(rows.count) rows of \(rows.columnCount) columns"
            )
        }
        let row = Int32(truncatingIfNeeded: index)
        let position = Int32(truncatingIfNeeded: column)
        guard PQgetisnull(rows.result, row, position) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(rows.result, row, position),
            count: Int(PQgetlength(rows.result, row, position))
        )
        return Field(bytes: bytes, type: PostgresType(rawValue: PQftype(rows.result, position)))
    }

    /// Decodes a column that must not be NULL.
    func required<Value>(
        _ column: Int,
        _ expected: StaticString,
        _ decode: (Field) -> Value?
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, expected, decode) else {
            throw PostgresError(.decoding, "\(name(of: column)): \(expected) expected, NULL found")
        }
        return value
    }

    /// Decodes a column that may be NULL.
    func optional<Value>(
        _ column: Int,
        _ expected: StaticString,
        _ decode: (Field) -> Value?
    ) throws(PostgresError) -> Value? {
        guard let field = try field(column) else { return nil }
        guard let value = decode(field) else {
            let found = "\(field.type) of \(field.bytes.count) bytes found"
            throw PostgresError(.decoding, "\(name(of: column)): \(expected) expected, \(found)")
        }
        return value
    }

    private func name(of column: Int) -> String {
        let name = PQfname(rows.result, Int32(truncatingIfNeeded: column)).map { String(cString: $0) }
        return "column \(column) \"\(name ?? "?")\""
    }
}
