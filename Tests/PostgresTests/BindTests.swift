import Postgres
import Testing

@Suite("Binds and results")
struct BindTests {
    @Test("integers keep every bit", arguments: [Int64.min, -1, 0, 1, 255, 65_536, Int64.max])
    func int8(value: Int64) throws {
        let rows = try session().query("SELECT \(value), \(value)::text")
        #expect(try rows.onlyRow().int64(0) == value)
        #expect(try rows.onlyRow().text(1) == String(value))
    }

    @Test("smaller integers and object identifiers read as Int64")
    func smallIntegers() throws {
        let row = try session().query("SELECT (-5)::int2, (-70000)::int4, 4294967295::oid, \(Int32.min)").onlyRow()
        #expect(try row.int64(0) == -5)
        #expect(try row.int64(1) == -70_000)
        #expect(try row.int64(2) == 4_294_967_295)
        #expect(try row.int64(3) == Int64(Int32.min))
    }

    @Test(
        "text passes unchanged",
        arguments: [
            "", "it's \"quoted\" \\ $1 %s", "Grüße 日本語 🚀", "a\nb\tc\u{1}", String(repeating: "x", count: 100_000),
        ]
    )
    func text(value: String) throws {
        let row = try session().query("SELECT \(value), octet_length(\(value))").onlyRow()
        #expect(try row.text(0) == value)
        #expect(try row.int64(1) == Int64(value.utf8.count))
    }

    @Test(
        "bytes pass unchanged, NUL included",
        arguments: [[], [0], [0, 0xFF, 0x27, 0x5C, 0], Array(0...255)] as [[UInt8]]
    )
    func bytes(value: [UInt8]) throws {
        let row = try session().query("SELECT \(value), length(\(value)), \(value) IS NULL").onlyRow()
        #expect(try row.bytes(0) == value)
        #expect(try row.withBytes(0) { $0.elementsEqual(value) })
        #expect(try row.int64(1) == Int64(value.count))
        #expect(try row.bool(2) == false)
    }

    @Test("booleans and floating-point numbers pass unchanged")
    func scalars() throws {
        let row = try session().query("SELECT \(true), \(false), \(-0.1), 'NaN'::float4, 1.5::float4").onlyRow()
        #expect(try row.bool(0))
        #expect(try !row.bool(1))
        #expect(try row.double(2) == -0.1)
        #expect(try row.double(3).isNaN)
        #expect(try row.double(4) == 1.5)
    }

    @Test(
        "a timestamp is microseconds since the Unix epoch",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-01-01T00:00:00Z", 946_684_800_000_000),
            ("1969-12-31T23:59:59.999999Z", -1),
            ("2038-01-19T03:14:07.000001Z", 2_147_483_647_000_001),
            ("infinity", Int64.max),
            ("-infinity", Int64.min),
        ] as [(String, Int64)]
    )
    func timestamps(text: String, microseconds: Int64) throws {
        let bind = SQLTimestamp(microseconds: microseconds)
        let row = try session().query("SELECT \(text)::timestamptz, \(text)::timestamptz = \(bind), \(bind)").onlyRow()
        #expect(try row.timestamp(0) == microseconds)
        #expect(try row.bool(1))
        #expect(try row.timestamp(2) == microseconds)
    }

    @Test(
        "a timestamp outside the server's range is refused, not wrapped",
        arguments: [Int64.min + 1, Int64.min + 5000]
    )
    func timestampRange(microseconds: Int64) throws {
        let connection = try session()
        let error = failure { try connection.query("SELECT \(SQLTimestamp(microseconds: microseconds))") }
        #expect(error?.code == .server(SQLState(rawValue: "22008")))
    }

    @Test("NULL of every type is NULL")
    func nulls() throws {
        let row = try session().query(
            """
            SELECT \(Int64?.none), \(Int32?.none), \(String?.none), \([UInt8]?.none), \(Bool?.none), \(Double?.none),
                   \(SQLTimestamp?.none), \([Int64]?.none), \([String]?.none)
            """
        ).onlyRow()
        for column in 0..<9 { #expect(try row.isNull(column), "column \(column)") }
        #expect(try row.optionalInt64(0) == nil)
        #expect(try row.optionalText(2) == nil)
        #expect(try row.optionalBytes(3) == nil)
        #expect(try row.optionalTimestamp(6) == nil)
        #expect(try row.optionalInt64Array(7) == nil)
    }

    @Test("arrays keep their elements, NULL and empty ones included")
    func arrays() throws {
        let texts: [String?] = ["", nil, "NULL", "{a,\"b\"}", "ü"]
        let row = try session().query(
            """
            SELECT \([Int64.min, 0, .max] as [Int64]), \(texts), \([[0], [], [1, 2]] as [[UInt8]]), \([] as [Int64]),
                   ARRAY['a']::varchar[], ARRAY[1, 2]::int4[], array_length(\(texts), 1)
            """
        ).onlyRow()
        #expect(try row.int64Array(0) == [.min, 0, .max])
        #expect(try row.textArray(1) == texts)
        #expect(try row.bytesArray(2) == [[0], [], [1, 2]])
        #expect(try row.int64Array(3) == [])
        #expect(try row.textArray(4) == ["a"])
        #expect(try row.int64Array(5) == [1, 2])
        #expect(try row.int64(6) == 5)
    }

    @Test("enums, names, char and JSON read as text")
    func textLike() throws {
        let connection = try session()
        try connection.execute("CREATE TYPE pg_temp.mood AS ENUM ('calm', 'übel')")
        let row = try connection.query(
            """
            SELECT \("übel")::pg_temp.mood, 'n'::name, 'c'::"char", 'b'::char(3), '{"a": 1}'::json,
                   \(Bind.jsonb("{\"a\":[1]}")), 'literal'
            """
        ).onlyRow()
        let values = try (0..<7).map { try row.text($0) }
        #expect(values == ["übel", "n", "c", "b  ", "{\"a\": 1}", "{\"a\": [1]}", "literal"])
    }

    @Test("an UPDATE tells how many rows it changed")
    func affectedRows() throws {
        let connection = try session()
        try connection.execute("CREATE TEMP TABLE t (a int)")
        #expect(try connection.query("INSERT INTO t SELECT generate_series(1, 5)").affectedRows == 5)
        #expect(try connection.query("UPDATE t SET a = 0 WHERE a > \(2)").affectedRows == 3)
        let rows = try connection.query("SELECT a FROM t ORDER BY a")
        #expect(try rows.map { try $0.int64(0) } == [0, 0, 0, 1, 2])
        #expect(try connection.query("DELETE FROM t WHERE a = \(99)").affectedRows == 0)
    }
}
