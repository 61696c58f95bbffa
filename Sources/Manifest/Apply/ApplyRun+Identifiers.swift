import Postgres

extension ApplyRun {
    /// The tables whose ids a document may give.
    enum Table: String {
        case users
        case groups
        case projects
        case pipelines
        case jobs
    }

    /// Moves a table's sequence past the ids that the document gives, so that no later id collides with them.
    ///
    /// Before any id is drawn: the rows of this document that have none come after those that have one.
    func reserve(_ ids: [Int64], in table: Table) throws(PostgresError) {
        guard let highest = ids.max() else { return }
        let sequence = "\(table.rawValue)_id_seq"
        try connection.query(
            """
            SELECT setval(\(sequence)::regclass, GREATEST(\(highest), last_value))
            FROM \(unescaped: sequence) WHERE last_value <= \(highest)
            """
        )
    }

    /// The id that the document gives, or a new one.
    func newID(_ given: Int64?, in table: Table) throws(PostgresError) -> Int64 {
        if let given { return given }
        return try connection.query(
            "SELECT nextval(\("\(table.rawValue)_id_seq")::regclass)"
        ).onlyRow().int64(0)
    }

    /// Draws new ids, in ascending order.
    func drawIDs(_ count: Int, in table: Table) throws(PostgresError) -> [Int64] {
        guard count > 0 else { return [] }
        let rows = try connection.query(
            "SELECT nextval(\("\(table.rawValue)_id_seq")::regclass) FROM generate_series(1, \(count)) ORDER BY 1"
        )
        var ids: [Int64] = []
        for row in rows { ids.append(try row.int64(0)) }
        return ids
    }
}
