/// A look-up of one row that may be asked for several callers at once.
///
/// Most of what a short statement costs the server is the same for one row as for ten: the transaction, the set-up of
/// each join, two changes of context and the messages. ``StatementBatcher`` shares that between callers that wait at the
/// same time.
public struct BatchedStatement: Sendable {
    /// The statement of one caller.
    public let single: Statement

    /// The same look-up for several: an array for each bind, and for each of their elements a row, which ends in the
    /// element's number, counted from 1.
    public let batch: Statement

    let types: [PostgresType]

    /// Makes both forms of a look-up.
    ///
    /// - Parameters:
    ///   - text: A SELECT of exactly one row whatever its binds are, `$1`, `$2` and so on; a `$` stands for nothing else.
    ///   - types: The types of the binds, in their order: those that ``PostgresType/array`` knows an array for.
    public init(_ text: String, types: [PostgresType]) {
        self.types = types
        single = Statement(text)
        batch = Statement(Self.batched(text, types))
    }

    /// `OFFSET 0` keeps the planner from taking the look-up apart: for every element it runs as the single one does,
    /// by indexes, where a join of all elements at once could read a whole table.
    private static func batched(_ text: String, _ types: [PostgresType]) -> String {
        let numbers = types.indices.map { $0 + 1 }
        return """
            SELECT lookup.*, element.number
            FROM unnest(\(numbers.map { "$\($0)" }.joined(separator: ", ")))
                WITH ORDINALITY AS element (\(numbers.map { "bind\($0)" }.joined(separator: ", ")), number)
            CROSS JOIN LATERAL (
            \(text.replacing("$", with: "element.bind"))
            OFFSET 0) AS lookup
            """
    }

    /// The binds of several callers as those of ``batch``.
    ///
    /// - Parameter callers: The binds of each, as many as there are types.
    /// - Returns: An array for each bind.
    func columns(_ callers: [[Bind]]) -> [Bind] {
        types.indices.map { index in
            .array(callers.map { index < $0.count ? $0[index] : .null(types[index]) }, of: types[index])
        }
    }
}
