import Postgres
import Testing

@Suite("Transactions")
struct TransactionTests {
    private enum DomainError: PostgresErrorConvertible, Equatable {
        case refused
        case database(SQLState?)

        init(_ error: PostgresError) {
            self = .database(error.sqlState)
        }
    }

    private func table() throws -> Connection {
        let connection = try session()
        try connection.execute("CREATE TEMP TABLE t (a int8 UNIQUE)")
        return connection
    }

    private func count(_ connection: Connection) throws -> Int64 {
        try connection.query("SELECT count(*) FROM t").onlyRow().int64(0)
    }

    @Test("what returns is committed")
    func commits() throws {
        let connection = try table()
        let value = try connection.transaction { connection throws(PostgresError) in
            try connection.query("INSERT INTO t VALUES (\(1))").affectedRows
        }
        #expect(value == 1)
        #expect(try count(connection) == 1)
        #expect(connection.status == .idle)
    }

    @Test("what throws is rolled back, and the domain's error comes through")
    func rollsBack() throws {
        let connection = try table()
        #expect(throws: DomainError.refused) {
            try connection.transaction(throwing: DomainError.self) { connection throws(DomainError) in
                try DomainError.wrapping { () throws(PostgresError) in
                    try connection.query("INSERT INTO t VALUES (\(1))")
                }
                throw .refused
            }
        }
        #expect(try count(connection) == 0)
        #expect(connection.status == .idle)
    }

    @Test("a failed statement that the closure swallowed is not taken for a commit")
    func swallowedFailure() throws {
        let connection = try table()
        #expect(throws: DomainError.database(.inFailedSQLTransaction)) {
            try connection.transaction(throwing: DomainError.self) { connection throws(DomainError) in
                _ = try? connection.query("INSERT INTO t VALUES (\(1))")
                _ = try? connection.query("INSERT INTO t VALUES (\(1))")
            }
        }
        #expect(try count(connection) == 0)
    }

    @Test("a transaction in a transaction is refused")
    func nested() throws {
        let connection = try table()
        let error = failure {
            try connection.transaction { connection throws(PostgresError) in
                try connection.query("INSERT INTO t VALUES (\(1))")
                try connection.transaction { _ throws(PostgresError) in }
            }
        }
        #expect(error?.code == .protocolViolation)
        #expect(try count(connection) == 0)
    }

    @Test(
        "the isolation level is the one asked for",
        arguments: [
            (IsolationLevel.readCommitted, "read committed"), (.repeatableRead, "repeatable read"),
            (.serializable, "serializable"),
        ]
    )
    func isolation(level: IsolationLevel, name: String) throws {
        let found = try session().transaction(isolation: level) { connection throws(PostgresError) in
            try connection.query("SELECT current_setting('transaction_isolation')").onlyRow().text(0)
        }
        #expect(found == name)
    }
}
