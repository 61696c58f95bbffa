import Foundation
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("The statements that the benchmark runs")
struct BenchmarkStatementTests {
    private static let statement = ReadStatement.byJobID[AccessShape(credentials: .accessToken, naming: .id)]

    @Test(
        "are those that decide about reads by job id with an access token: the peers' for one, pgbench's also for several",
        arguments: [
            ("Tests/Benchmarks/peers/authorize.sql", statement.single),
            ("Tests/Benchmarks/limits/authorize-batch.sql", statement.batch),
        ]
    )
    func isCurrent(file: String, statement: Statement) throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let text = try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
        #expect(
            text == statement.text + "\n",
            "columns are read by their numbers; replace \(file) with:\n\(statement.text)"
        )
    }
}
