import Foundation
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("The statement that the benchmark's peers run")
struct BenchmarkStatementTests {
    private static let file = "Tests/Benchmarks/peers/authorize.sql"

    @Test("is the one that decides about a read by job id with an access token")
    func isCurrent() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let text = try String(contentsOfFile: "\(root)/\(Self.file)", encoding: .utf8)
        let statement = ReadStatement.byJobID[AccessShape(credentials: .accessToken, naming: .id)].single.text
        #expect(
            text == statement + "\n",
            "the peers read its columns by their numbers; replace \(Self.file) with:\n\(statement)"
        )
    }
}
