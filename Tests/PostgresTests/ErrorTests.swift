import Postgres
import TestSupport
import Testing

@Suite("Errors")
struct ErrorTests {
    @Test(
        "a refusal carries its SQLSTATE",
        arguments: [
            ("INSERT INTO t VALUES (1)", SQLState.uniqueViolation),
            ("INSERT INTO t VALUES (NULL)", .notNullViolation),
            ("INSERT INTO t VALUES (-1)", .checkViolation),
            ("INSERT INTO u VALUES (9)", .foreignKeyViolation),
            ("SELECT FROM nowhere", .undefinedTable),
            ("SELEC 1", .syntaxError),
            ("SELECT 1/0", SQLState(rawValue: "22012")),
            ("SELECT 'x'::int", .invalidTextRepresentation),
            ("SELECT 1; SELECT 2", .syntaxError),
        ]
    )
    func states(statement: String, state: SQLState) throws {
        let connection = try session()
        try connection.execute(
            """
            CREATE TEMP TABLE t (a int CONSTRAINT t_key PRIMARY KEY CONSTRAINT positive CHECK (a > 0));
            CREATE TEMP TABLE u (a int REFERENCES t);
            INSERT INTO t VALUES (1)
            """
        )
        let error = failure { try connection.query(SQL(unescaped: statement)) }
        #expect(error?.code == .server(state), "\(String(reflecting: error))")
        #expect(error?.isUnavailable == false)
        #expect(try connection.query("SELECT 1::int8").onlyRow().int64(0) == 1, "the connection works on")
    }

    @Test("neither description quotes a value")
    func noValues() throws {
        let connection = try session()
        try connection.execute("CREATE TEMP TABLE t (secret text CONSTRAINT one_secret UNIQUE, n int NOT NULL)")
        try connection.query("INSERT INTO t VALUES (\("hunter2"), 1)")
        let errors = [
            failure { try connection.query("INSERT INTO t VALUES (\("hunter2"), 1)") },
            failure { try connection.query("INSERT INTO t VALUES (\("hunter2"), NULL)") },
            failure { try connection.query("SELECT \("hunter2")::int") },
            failure { try connection.query("SELECT \("hunter2")::uuid") },
        ]
        for error in errors {
            let error = try #require(error)
            #expect(!error.description.contains("hunter2"))
            #expect(!error.debugDescription.contains("hunter2"), "\(error.debugDescription)")
            #expect(!String(reflecting: error).contains("hunter2"))
        }
        #expect(errors[0]?.constraintName == "one_secret")
        #expect(errors[0]?.debugDescription.contains("one_secret") == true)
        #expect(errors[1]?.report?.columnName == "n")
        #expect(errors[2]?.debugDescription.contains("invalid input syntax") == true)
    }

    @Test("a NUL in text is refused by the server, a NUL in a statement before it is sent")
    func embeddedNUL() throws {
        let connection = try session()
        #expect(failure { try connection.query("SELECT \("a\0b")") }?.code == .server(.characterNotInRepertoire))
        #expect(failure { try connection.query(SQL(unescaped: "SELECT 1\0")) }?.code == .encoding)
        #expect(failure { try connection.execute("SELECT 1;\0 SELECT 2") }?.code == .encoding)
        #expect(failure { try connection.query(Statement("SELECT 1\0")) }?.code == .encoding)
    }

    @Test("more binds than the protocol counts are refused before they are sent")
    func tooManyBinds() throws {
        let connection = try session()
        let binds = [Bind](repeating: .bool(true), count: 65_536)
        #expect(failure { try connection.query(Statement("SELECT 1"), binds) }?.code == .encoding)
    }

    @Test("COPY is refused, and the connection is not used again")
    func copy() throws {
        let connection = try session()
        #expect(failure { try connection.execute("COPY (SELECT 1) TO STDOUT") }?.code == .protocolViolation)
        #expect(connection.status == .broken)
    }

    @Test(
        "an error says whether the database or the request is to blame",
        arguments: [
            (SQLState.adminShutdown, true, false), (.crashShutdown, true, false), (.cannotConnectNow, true, false),
            (.tooManyConnections, true, false), (SQLState(rawValue: "08006"), true, false),
            (.serializationFailure, false, true), (.deadlockDetected, false, true),
            (.uniqueViolation, false, false), (.featureNotSupported, false, false),
        ]
    )
    func blame(state: SQLState, isUnavailable: Bool, isRetryable: Bool) throws {
        let connection = try session()
        let error = failure {
            try connection.execute("DO $$ BEGIN RAISE 'made up' USING ERRCODE = '\(state.rawValue)'; END $$")
        }
        #expect(error?.sqlState == state)
        #expect(error?.isUnavailable == isUnavailable)
        #expect(error?.isRetryable == isRetryable)
    }

    @Test("a class of codes matches in a pattern")
    func classes() {
        let classes = [SQLState.uniqueViolation, .serializationFailure, .syntaxError].map { state in
            switch state {
            case SQLState.Class.integrityConstraintViolation: "constraint"
            case SQLState.Class.transactionRollback: "rollback"
            default: "other"
            }
        }
        #expect(classes == ["constraint", "rollback", "other"])
    }

    @Test(
        "no part of a password reaches an error",
        arguments: [
            "postgresql://user:hunter2@localhost:1/db", "host=localhost port=1 password=hunter2",
            "postgresql://user:x@hunter2@localhost:1/db", "postgresql://user:x/hunter2@localhost/db",
            "postgresql://user:x:hunter2@localhost:1/db", "host=localhost password='hunter2", "hunter2",
            "postgresql://localhost:1/db?hunter2", "postgresql://user:%hunter2@localhost/db",
        ]
    )
    func passwords(conninfo: String) throws {
        let error = try #require(failure { _ = try Connection(conninfo: conninfo) })
        #expect(error.code == .connectionFailed)
        #expect(error.isUnavailable)
        #expect(!error.debugDescription.contains("hunter2"), "\(error.debugDescription)")
        #expect(!String(reflecting: error).contains("hunter2"))
    }

    @Test("a database that is not there is named in the log")
    func missingDatabase() throws {
        let conninfo = try PostgresCluster.shared().conninfo(database: "nowhere")
        let error = try #require(failure { _ = try Connection(conninfo: conninfo) })
        #expect(error.debugDescription.contains("nowhere"))
        #expect(!error.description.contains("nowhere"))
    }
}
