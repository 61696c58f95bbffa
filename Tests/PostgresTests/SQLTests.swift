import Postgres
import Testing

@Suite("SQL")
struct SQLTests {
    @Test("an interpolated value is a bind, whatever it holds")
    func values() {
        let name = "x'; DROP TABLE jobs; --"
        let sql: SQL = "SELECT \(name), \(7) FROM t WHERE a = \([UInt8]([0, 1]))"
        #expect(sql.text == "SELECT $1, $2 FROM t WHERE a = $3")
        #expect(sql.binds == [.text(name), .int8(7), .bytes([0, 1])])
    }

    @Test("an interpolated statement is spliced and its binds are numbered on")
    func fragments() {
        let condition: SQL = "b = \(2) OR c = \(3)"
        let sql: SQL = "SELECT \(1) WHERE \(condition) LIMIT \(4)"
        #expect(sql.text == "SELECT $1 WHERE b = $2 OR c = $3 LIMIT $4")
        #expect(sql.binds == [.int8(1), .int8(2), .int8(3), .int8(4)])
    }

    @Test("joined and appended statements keep the order of their binds")
    func composition() {
        let parts: [SQL] = ["a = \(1)", "b = \(2)", "c"]
        var sql: SQL = "WHERE "
        sql += parts.joined(separator: " AND ")
        sql.append(" LIMIT \(3)")
        #expect(sql.text == "WHERE a = $1 AND b = $2 AND c LIMIT $3")
        #expect(sql.binds == [.int8(1), .int8(2), .int8(3)])
    }

    @Test("raw text is spliced only where it is spelled out")
    func unescaped() {
        let sql: SQL = "SELECT * FROM \(unescaped: "jobs") WHERE id = \(1)"
        #expect(sql.text == "SELECT * FROM jobs WHERE id = $1")
    }

    @Test("a missing value is a NULL of the value's type")
    func typedNulls() {
        let sql: SQL =
            "\(Int64?.none)\(String?.none)\(Bool?.none)\(SQLTimestamp?.none)\([UInt8]?.none)\([String]?.none)"
        #expect(
            sql.binds == [
                .null(.int8), .null(.text), .null(.bool), .null(.timestamptz), .null(.bytea), .null(.textArray),
            ]
        )
    }
}
