internal import Postgres

/// Reads the columns of a row one after the other, so that a decoder reads like its SELECT list.
struct RowCursor {
    private let row: Row
    private var column = 0

    init(_ row: Row) { self.row = row }

    mutating func int64() throws(PostgresError) -> Int64 { try row.int64(next()) }
    mutating func optionalInt64() throws(PostgresError) -> Int64? { try row.optionalInt64(next()) }
    mutating func text() throws(PostgresError) -> String { try row.text(next()) }
    mutating func optionalText() throws(PostgresError) -> String? { try row.optionalText(next()) }
    mutating func bool() throws(PostgresError) -> Bool { try row.bool(next()) }
    mutating func optionalBool() throws(PostgresError) -> Bool? { try row.optionalBool(next()) }
    mutating func bytes() throws(PostgresError) -> [UInt8] { try row.bytes(next()) }
    mutating func timestamp() throws(PostgresError) -> Int64 { try row.timestamp(next()) }
    mutating func optionalTimestamp() throws(PostgresError) -> Int64? { try row.optionalTimestamp(next()) }
    mutating func optionalBytes() throws(PostgresError) -> [UInt8]? { try row.optionalBytes(next()) }
    mutating func optionalDouble() throws(PostgresError) -> Double? { try row.optionalDouble(next()) }
    mutating func textArray() throws(PostgresError) -> [String?] { try row.textArray(next()) }
    mutating func int64Array() throws(PostgresError) -> [Int64] { try row.int64Array(next()) }

    /// A text that the schema's checks limit to the raw values of an enumeration.
    mutating func choice<Choice: RawRepresentable<String>>(_ type: Choice.Type) throws(PostgresError) -> Choice {
        try row.choice(next(), of: type)
    }

    /// Passes over columns that an outer join left null.
    mutating func skip(_ count: Int) { column += count }

    private mutating func next() -> Int {
        defer { column += 1 }
        return column
    }
}
