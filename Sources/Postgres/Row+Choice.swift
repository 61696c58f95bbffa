extension Row {
    /// A text that the schema limits to the raw values of an enumeration.
    ///
    /// - Parameters:
    ///   - column: The column's index, from 0.
    ///   - type: The enumeration.
    /// - Returns: The case.
    /// - Throws: `PostgresError` of code `decoding` where the column is null, no text, or holds another value.
    public func choice<Choice: RawRepresentable<String>>(
        _ column: Int,
        of type: Choice.Type
    ) throws(PostgresError) -> Choice {
        guard let choice = Choice(rawValue: try text(column)) else {
            throw PostgresError(.decoding, "column \(column) holds no \(type)")
        }
        return choice
    }
}
