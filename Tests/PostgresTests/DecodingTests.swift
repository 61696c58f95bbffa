import Postgres
import Testing

@Suite("Decoding errors")
struct DecodingTests {
    private func row() throws -> Row {
        try session().query(
            """
            SELECT 1::int8 AS number, 'x'::text AS word, NULL::int8 AS nothing, 1.5::numeric AS exact,
                   ARRAY[[1], [2]]::int8[] AS grid, ARRAY[1, NULL]::int8[] AS holes, ROW(1, 'a') AS pair,
                   '294276-12-31 23:59:59+00'::timestamptz AS late
            """
        ).onlyRow()
    }

    @Test("a row that was made is read like one that a server sent")
    func madeRow() throws {
        let values: [Bind] = [
            .int8(-7), .text("x"), .text(""), .null(.int8), .bool(true), .bytes([0, 255]), .textArray(["a", nil]),
            .timestamp(microsecondsSinceUnixEpoch: 1), .float8(1.5), .int8Array([]), .bytes([]),
        ]
        let row = try #require(Rows.made(values)).onlyRow()
        #expect(try row.int64(0) == -7 && row.text(1) == "x" && row.text(2).isEmpty)
        #expect(try row.optionalInt64(3) == nil && row.bool(4) && row.bytes(5) == [0, 255])
        #expect(try row.textArray(6) == ["a", nil] && row.timestamp(7) == 1 && row.optionalDouble(8) == 1.5)
        #expect(try row.int64Array(9).isEmpty && row.bytes(10).isEmpty)
        #expect(failure { _ = try row.int64(1) }?.code == .decoding)
        #expect(failure { _ = try row.int64(11) }?.code == .decoding)
    }

    @Test("a wrong type names the column")
    func wrongType() throws {
        let row = try row()
        let errors = [
            failure { _ = try row.text(0) }, failure { _ = try row.int64(1) }, failure { _ = try row.bool(0) },
            failure { _ = try row.bytes(1) }, failure { _ = try row.timestamp(0) }, failure { _ = try row.int64(3) },
            failure { _ = try row.int64Array(4) }, failure { _ = try row.int64Array(5) },
            failure { _ = try row.text(6) }, failure { _ = try row.timestamp(7) },
        ]
        let columns = ["number", "word", "number", "word", "number", "exact", "grid", "holes", "pair", "late"]
        for (error, column) in zip(errors, columns) {
            #expect(error?.code == .decoding, "\(column)")
            #expect(error?.debugDescription.contains("\"\(column)\"") == true, "\(String(describing: error))")
            #expect(error?.description.contains(column) == false)
        }
    }

    @Test("NULL where a value must be is an error")
    func unexpectedNull() throws {
        let row = try row()
        #expect(failure { _ = try row.int64(2) }?.code == .decoding)
        #expect(try row.optionalInt64(2) == nil)
    }

    @Test("a column or row that is not there is an error, not a trap", arguments: [-1, 8, Int.max, Int.min])
    func outOfRange(position: Int) throws {
        let row = try row()
        #expect(failure { _ = try row.int64(position) }?.code == .decoding)
        #expect(failure { _ = try row.isNull(position) }?.code == .decoding)
        let rows = try session().query("SELECT 1::int8")
        #expect(failure { _ = try rows[position].int64(0) }?.code == .decoding)
    }

    @Test("the wrong number of rows is an error")
    func rowCount() throws {
        let connection = try session()
        let none = try connection.query("SELECT 1 WHERE false")
        let two = try connection.query("SELECT generate_series(1, 2)")
        #expect(failure { _ = try none.onlyRow() }?.code == .decoding)
        #expect(failure { _ = try two.onlyRow() }?.code == .decoding)
        #expect(failure { _ = try two.optionalRow() }?.code == .decoding)
        let missing = try none.optionalRow()
        #expect(missing == nil, "\(none.count) rows")
    }
}
