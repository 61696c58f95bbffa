extension Row {
    /// An integer column (`smallint`, `integer`, `bigint`, `oid`); cast a `numeric` sum with `::int8`.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func int64(_ column: Int) throws(PostgresError) -> Int64 {
        try required(column, "an integer", WireDecoder.int64)
    }

    /// The same as `int64`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalInt64(_ column: Int) throws(PostgresError) -> Int64? {
        try optional(column, "an integer", WireDecoder.int64)
    }

    /// A text column (`text`, `varchar`, `char`, `name`, an enum, `citext`, `json`, `jsonb`).
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func text(_ column: Int) throws(PostgresError) -> String {
        try required(column, "text", WireDecoder.text)
    }

    /// The same as `text`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalText(_ column: Int) throws(PostgresError) -> String? {
        try optional(column, "text", WireDecoder.text)
    }

    /// A `boolean` column.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func bool(_ column: Int) throws(PostgresError) -> Bool {
        try required(column, "a boolean", WireDecoder.bool)
    }

    /// The same as `bool`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalBool(_ column: Int) throws(PostgresError) -> Bool? {
        try optional(column, "a boolean", WireDecoder.bool)
    }

    /// A `bytea` column, copied.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
        try required(column, "bytea", WireDecoder.bytes)
    }

    /// The same as `bytes`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalBytes(_ column: Int) throws(PostgresError) -> [UInt8]? {
        try optional(column, "bytea", WireDecoder.bytes)
    }

    /// A `timestamptz` column in microseconds since the Unix epoch; the infinities are `Int64.min` and `.max`.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func timestamp(_ column: Int) throws(PostgresError) -> Int64 {
        try required(column, "timestamptz", WireDecoder.timestamp)
    }

    /// The same as `timestamp`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalTimestamp(_ column: Int) throws(PostgresError) -> Int64? {
        try optional(column, "timestamptz", WireDecoder.timestamp)
    }

    /// A `real` or `double precision` column.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func double(_ column: Int) throws(PostgresError) -> Double {
        try required(column, "a floating-point number", WireDecoder.double)
    }

    /// The same as `double`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalDouble(_ column: Int) throws(PostgresError) -> Double? {
        try optional(column, "a floating-point number", WireDecoder.double)
    }

    /// A one-dimensional array of integers without NULLs.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func int64Array(_ column: Int) throws(PostgresError) -> [Int64] {
        try required(column, "an array of integers", WireDecoder.int64Array)
    }

    /// The same as `int64Array`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalInt64Array(_ column: Int) throws(PostgresError) -> [Int64]? {
        try optional(column, "an array of integers", WireDecoder.int64Array)
    }

    /// A one-dimensional array of text, whose elements may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func textArray(_ column: Int) throws(PostgresError) -> [String?] {
        try required(column, "an array of text", WireDecoder.textArray)
    }

    /// The same as `textArray`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalTextArray(_ column: Int) throws(PostgresError) -> [String?]? {
        try optional(column, "an array of text", WireDecoder.textArray)
    }

    /// A one-dimensional array of `bytea` without NULLs.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func bytesArray(_ column: Int) throws(PostgresError) -> [[UInt8]] {
        try required(column, "an array of bytea", WireDecoder.bytesArray)
    }

    /// The same as `bytesArray`, for a column that may be NULL.
    ///
    /// - Parameter column: The column's position.
    /// - Returns: The value, or nil for NULL.
    /// - Throws: `.decoding` when the column is missing or of another type.
    public func optionalBytesArray(_ column: Int) throws(PostgresError) -> [[UInt8]]? {
        try optional(column, "an array of bytea", WireDecoder.bytesArray)
    }

    /// Lends the bytes of a `bytea` column without copying them.
    ///
    /// - Parameters:
    ///   - column: The column's position.
    ///   - body: Reads the bytes, which do not outlive the call.
    /// - Returns: What `body` returns.
    /// - Throws: `.decoding` when the column is missing, NULL or of another type.
    public func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) -> R) throws(PostgresError) -> R {
        try required(column, "bytea") { $0.type == .bytea ? body($0.bytes) : nil }
    }
}
