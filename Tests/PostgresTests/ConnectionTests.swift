import Postgres
import TestSupport
import Testing

@Suite("Connection")
struct ConnectionTests {
    @Test("the session has the settings that were asked for")
    func settings() throws {
        var options = ConnectionOptions()
        options.applicationName = "settings test"
        options.statementTimeout = .milliseconds(1500)
        options.lockTimeout = .seconds(2)
        options.idleInTransactionTimeout = .seconds(7)
        options.forcesGenericPlans = true
        options.settings = ["search_path": "\"a b\", \"c\\d\""]
        let connection = try session(options)
        let expected = [
            "application_name": "settings test", "client_encoding": "UTF8", "TimeZone": "UTC",
            "statement_timeout": "1500ms", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "7s",
            "plan_cache_mode": "force_generic_plan", "search_path": "\"a b\", \"c\\d\"",
        ]
        for (name, value) in expected {
            #expect(try connection.query("SELECT current_setting(\(name))").onlyRow().text(0) == value, "\(name)")
        }
    }

    @Test("what the connection string says wins over the defaults, but for the time zone")
    func precedence() throws {
        let options = "options='-c statement_timeout=9s -c TimeZone=Asia/Tokyo' application_name=mine"
        let conninfo = try PostgresCluster.shared().conninfo() + " " + options
        var defaults = ConnectionOptions()
        defaults.statementTimeout = .seconds(1)
        let connection = try Connection(conninfo: conninfo, options: defaults)
        for (name, value) in ["statement_timeout": "9s", "TimeZone": "UTC", "application_name": "mine"] {
            #expect(try connection.query("SELECT current_setting(\(name))").onlyRow().text(0) == value, "\(name)")
        }
    }

    @Test("a statement that takes too long is cancelled, and the connection works on")
    func statementTimeout() throws {
        var options = ConnectionOptions()
        options.statementTimeout = .milliseconds(50)
        let connection = try session(options)
        #expect(failure { try connection.query("SELECT pg_sleep(30)") }?.code == .server(.queryCanceled))
        #expect(connection.status == .idle)
    }

    private func preparedCount(_ connection: Connection) throws -> Int64 {
        try connection.query(Statement("SELECT count(*) FROM pg_prepared_statements")).onlyRow().int64(0)
    }

    @Test("a statement is prepared once and used again")
    func preparedOnce() throws {
        let connection = try session()
        let statement = Statement("SELECT $1 + $2")
        for value in 0..<10 {
            let row = try connection.query(statement, Int64(value), 1).onlyRow()
            #expect(try row.int64(0) == Int64(value) + 1)
            #expect(try connection.query("SELECT \(value), 'same text'").onlyRow().int64(0) == Int64(value))
        }
        #expect(try preparedCount(connection) == 3)
    }

    @Test("the same statement with other types is prepared anew, never misread")
    func changedTypes() throws {
        let connection = try session()
        let statement = Statement("SELECT $1::text")
        for _ in 0..<3 {
            #expect(try connection.query(statement, "12345678").onlyRow().text(0) == "12345678")
            #expect(try connection.query(statement, Int64(8)).onlyRow().text(0) == "8")
            #expect(try connection.query(statement, 0.5).onlyRow().text(0) == "0.5")
            #expect(try connection.query(statement, Int64?.none).onlyRow().isNull(0))
        }
        #expect(try preparedCount(connection) == 2, "the replaced ones are freed")
    }

    @Test("the cache of statements without identity is bounded")
    func boundedCache() throws {
        let connection = try Connection(conninfo: PostgresCluster.shared().conninfo(), preparedStatements: 5)
        for number in 0..<20 {
            let row = try connection.query("SELECT \(number), \(unescaped: String(number))").onlyRow()
            #expect(try row.int64(0) == row.int64(1))
        }
        let used = try connection.query("SELECT \(19), \(unescaped: "19")").onlyRow()
        #expect(try used.int64(0) == 19)
        #expect(try preparedCount(connection) == 6, "five, and the one that counts")
    }

    @Test("statements are prepared again after DISCARD ALL")
    func discardAll() throws {
        let connection = try session()
        let statement = Statement("SELECT $1::text")
        for _ in 0..<3 {
            #expect(try connection.query(statement, "a").onlyRow().text(0) == "a")
            #expect(try connection.query("SELECT \("b")").onlyRow().text(0) == "b")
            try connection.execute("DISCARD ALL")
        }
    }

    @Test("a statement whose columns changed is prepared again")
    func changedTable() throws {
        let connection = try session()
        let statement = Statement("SELECT * FROM t WHERE a = $1")
        try connection.execute("CREATE TEMP TABLE t (a int8); INSERT INTO t VALUES (1)")
        #expect(try connection.query(statement, 1).columnCount == 1)
        try connection.execute("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
        #expect(try connection.query(statement, 1).onlyRow().text(1) == "new")
    }

    @Test("inside a transaction a stale statement fails retryably, and the next transaction works")
    func staleInTransaction() throws {
        let connection = try session()
        let statement = Statement("SELECT * FROM t WHERE a = $1")
        try connection.execute("CREATE TEMP TABLE t (a int8)")
        try connection.query(statement, 1)
        try connection.execute("ALTER TABLE t ADD COLUMN b text")
        func run() throws -> Int {
            try connection.transaction { connection throws(PostgresError) in
                try connection.query(statement, 1).columnCount
            }
        }
        #expect(failure { _ = try run() }?.isRetryable == true)
        #expect(try run() == 2)
    }

    @Test("the columns of a result outlive the connection")
    func resultOutlivesConnection() throws {
        let rows = try session().query("SELECT \("kept")")
        #expect(try rows.onlyRow().text(0) == "kept")
    }
}
