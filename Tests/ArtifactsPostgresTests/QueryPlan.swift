import Foundation
import Postgres

/// What EXPLAIN tells of one execution.
struct QueryPlan {
    let text: String
    let lines: [String]

    /// Explains the second execution of a statement by its generic plan, and undoes what it changed.
    ///
    /// - Parameters:
    ///   - connection: A connection.
    ///   - statement: The statement.
    ///   - types: The types of its parameters.
    ///   - values: Their values, as SQL.
    /// - Throws: `PostgresError` where the server refuses it.
    init(_ connection: Connection, _ statement: String, types: String, values: String) throws {
        try connection.execute(
            "SET plan_cache_mode = force_generic_plan; PREPARE planned \(types.isEmpty ? "" : "(\(types))") AS \(statement)"
        )
        defer { try? connection.execute("DEALLOCATE planned") }
        var plan: [String] = []
        for _ in 1...2 {
            try connection.execute("BEGIN")
            plan = try connection.query(
                SQL(
                    unescaped:
                        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE planned \(values.isEmpty ? "" : "(\(values))")"
                )
            ).map { try $0.text(0) }
            try connection.execute("ROLLBACK")
        }
        lines = plan
        text = plan.joined(separator: "\n")
    }

    /// The lines of sequential scans.
    var sequentialScans: [String] { lines.filter { $0.contains("Seq Scan") } }

    /// How many rows each node put out or threw away, all its loops together.
    var rowsOfNodes: [Double] {
        var loops = 1.0
        return lines.compactMap { line in
            if let rows = Self.number(after: "actual rows=", in: line) {
                loops = Self.number(after: "loops=", in: line) ?? 1
                return rows * loops
            }
            return line.contains("Rows Removed by") ? Self.number(after: ": ", in: line).map { $0 * loops } : nil
        }
    }

    private static func number(after mark: String, in line: String) -> Double? {
        guard let range = line.range(of: mark) else { return nil }
        return Double(line[range.upperBound...].prefix { $0.isNumber || $0 == "." })
    }
}
