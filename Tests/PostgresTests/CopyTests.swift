import Postgres
import Testing

@Suite("COPY")
struct CopyTests {
    private let connection: Connection
    private static let statement = "COPY pg_temp.t (a, b, c, d) FROM STDIN (FORMAT binary)"

    init() throws {
        connection = try session()
        try connection.execute("CREATE TEMPORARY TABLE t (a bigint PRIMARY KEY, b text, c smallint, d inet)")
    }

    private func count() throws -> Int64 {
        try connection.query("SELECT count(*) FROM t").onlyRow().int64(0)
    }

    @Test("each value arrives as a bind of a statement does", arguments: ["192.0.2.255", "2001:db8::ff", "::", nil])
    func values(address: String?) throws {
        let row: [Bind] = [.int8(.min), .text("it's \"q\" \\. \t\n"), .int2(-3), address.flatMap(SQLAddress.init).bind]
        try connection.copy(Self.statement) { writer throws(PostgresError) in
            try writer.append(row)
            try writer.append([.int8(2), .text(""), .null(.int2), .null(.inet)])
        }
        let rows = try connection.query("SELECT a, b, c, host(d) FROM t ORDER BY a")
        #expect(rows.count == 2)
        #expect(try rows[0].int64(0) == .min)
        #expect(try rows[0].text(1) == "it's \"q\" \\. \t\n")
        #expect(try rows[0].int64(2) == -3)
        #expect(try rows[0].optionalText(3) == address)
        #expect(try rows[1].text(1) == "")
        #expect(try rows[1].optionalInt64(2) == nil)
    }

    @Test("rows come in whether they fill no block, one or many", arguments: [0, 1, 7000, 8192, 20_000, 1_000_000])
    func blocks(length: Int) throws {
        let text = String(repeating: "x", count: length)
        try connection.copy(Self.statement) { writer throws(PostgresError) in
            for id in 0..<Int64(30) { try writer.append([.int8(id), .text(text), .int2(1), .null()]) }
        }
        let row = try connection.query("SELECT count(*), COALESCE(sum(length(b)), 0)::int8 FROM t").onlyRow()
        #expect(try row.int64(0) == 30)
        #expect(try row.int64(1) == Int64(30 * length))
    }

    @Test("no rows are none")
    func nothing() throws {
        try connection.copy(Self.statement) { _ in }
        #expect(try count() == 0)
    }

    @Test("what the sender throws takes all rows back, and the session goes on")
    func givenUp() throws {
        let error = failure {
            try connection.copy(Self.statement) { writer throws(PostgresError) in
                for id in 0..<Int64(2000) { try writer.append([.int8(id), .text("row"), .int2(1), .null()]) }
                throw PostgresError(encoding: "enough")
            }
        }
        #expect(error?.code == .encoding)
        #expect(connection.status == .idle)
        #expect(try count() == 0)
    }

    @Test("a row that cannot be sent leaves nothing behind, and the others may go on")
    func unsendable() throws {
        try connection.copy(Self.statement) { writer throws(PostgresError) in
            try writer.append([.int8(1), .text("row"), .int2(1), .null()])
            let tooMany = Array(repeating: Bind.int8(1), count: 40_000)
            let error = failure { try writer.append(tooMany) }
            #expect(error?.code == .encoding)
            try writer.append([.int8(2), .text("row"), .int2(1), .null()])
        }
        #expect(try count() == 2)
    }

    static let refused: [(row: [Bind], code: PostgresError.Code)] = [
        ([.int8(1), .text("twice"), .int2(1), .null()], .server(.uniqueViolation)),
        ([.int8(9), .text("a\0b"), .int2(1), .null()], .server(.characterNotInRepertoire)),
        ([.int8(9), .text("too few")], .server(SQLState(rawValue: "22P04"))),
        ([.int8(9), .text("wider"), .int8(1), .null()], .server(SQLState(rawValue: "22P03"))),
    ]

    @Test("a row that the server refuses takes all rows back, and the session goes on", arguments: refused)
    func refusal(row: [Bind], code: PostgresError.Code) throws {
        let error = failure {
            try connection.copy(Self.statement) { writer throws(PostgresError) in
                for id in 0..<Int64(5) { try writer.append([.int8(id), .text("row"), .int2(1), .null()]) }
                try writer.append(row)
                for id in 10..<Int64(3000) { try writer.append([.int8(id), .text("row"), .int2(1), .null()]) }
            }
        }
        #expect(error?.code == code, "\(String(reflecting: error))")
        #expect(connection.status == .idle)
        #expect(try count() == 0)
    }

    @Test(
        "a statement that takes no rows is refused",
        arguments: ["SELECT 1", "COPY nowhere FROM STDIN", "COPY pg_temp.t TO STDOUT", "COPY\0"]
    )
    func otherStatements(statement: String) throws {
        #expect(failure { try connection.copy(statement) { _ in } } != nil)
    }

    @Test("a session that ends in the middle is a lost connection")
    func lost() throws {
        let other = try session()
        let error = failure {
            try connection.copy(Self.statement) { writer throws(PostgresError) in
                try other.query("SELECT pg_terminate_backend(\(Int64(connection.backendPID))::int4)")
                let text = String(repeating: "x", count: 100_000)
                for id in 0..<Int64(1000) { try writer.append([.int8(id), .text(text), .int2(1), .null()]) }
            }
        }
        #expect(error?.isConnectionLost == true, "\(String(reflecting: error))")
        #expect(connection.status == .broken)
    }

    @Test(
        "an address is what inet_pton takes",
        arguments: ["", "192.0.2", "192.0.2.1/24", "fe80::1%eth0", "host", "192.0.2.1\0"]
    )
    func noAddress(text: String) {
        #expect(SQLAddress(text) == nil)
    }
}
