/// What went wrong between the program and PostgreSQL.
///
/// `description` names the kind of failure and nothing else, so it may be shown to a client. `debugDescription` is
/// for the log: it adds the server's message and the names of the table, column and constraint, and never a value:
/// the server's DETAIL and CONTEXT quote stored rows and parameters, so they are left out.
public struct PostgresError: Error, Sendable {
    /// The kinds of failure.
    public enum Code: Equatable, Sendable {
        /// No connection could be opened.
        case connectionFailed
        /// An open connection broke; a statement in flight may or may not have been executed.
        case connectionLost
        /// The database was found unreachable a moment ago, and it is not yet time to try again.
        case unavailable
        /// Every connection of the pool stayed in use for as long as the caller would wait.
        case poolTimeout
        /// The pool was closed.
        case poolClosed
        /// The server refused the statement.
        case server(SQLState)
        /// A result did not have the column, type or value that the program asked for.
        case decoding
        /// A statement or a bind cannot be expressed on the wire: too long, too many, or a NUL in the text.
        case encoding
        /// The server answered in a way that the statement does not allow, `COPY` for instance.
        case protocolViolation
    }

    /// The kind of failure.
    public let code: Code

    /// What the server said, where it was the server that failed the statement.
    public let report: ServerReport?

    private let message: String

    init(_ code: Code, _ message: String, report: ServerReport? = nil) {
        self.code = code
        self.message = message
        self.report = report
    }

    /// A value that cannot be sent, as whoever makes the row of a COPY finds.
    ///
    /// - Parameter message: What does not fit; never the value itself.
    public init(encoding message: String) {
        self.init(.encoding, message)
    }

    /// The SQLSTATE, when the error came from the server.
    public var sqlState: SQLState? {
        if case .server(let state) = code { state } else { nil }
    }

    /// The name of the constraint that refused the row, if one did.
    public var constraintName: String? { report?.constraintName }
}

extension PostgresError {
    /// Whether the connection is gone, so that whatever it was doing may be lost.
    ///
    /// A FATAL report ends the session even when its SQLSTATE says something else (an idle-in-transaction timeout).
    public var isConnectionLost: Bool {
        switch code {
        case .connectionLost: true
        case .server(SQLState.Class.connectionException): true
        case .server: report?.endsSession == true
        default: false
        }
    }

    /// Whether the database, not the request, is to blame: the caller answers 503 and the client may come again.
    public var isUnavailable: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .unavailable, .poolTimeout, .poolClosed: true
        case .server(.adminShutdown), .server(.crashShutdown), .server(.cannotConnectNow): true
        case .server(.tooManyConnections), .server(SQLState.Class.connectionException): true
        // Our own limits on statements and locks: the database is there and does not get anywhere.
        case .server(.queryCanceled), .server(.lockNotAvailable): true
        case .server: isConnectionLost
        case .decoding, .encoding, .protocolViolation: false
        }
    }

    /// Whether the same transaction, run again from its start, may well succeed.
    ///
    /// True for 40001 and 40P01, and for a prepared statement that a schema change made stale inside a transaction,
    /// where it cannot be repeated on its own.
    public var isRetryable: Bool {
        switch code {
        case .server(.serializationFailure), .server(.deadlockDetected): true
        default: isStaleStatement
        }
    }

    /// Whether the server no longer knows the prepared statement, or its columns have changed since.
    ///
    /// 0A000 has many other causes; the function that reports this one is `RevalidateCachedQuery` (plancache.c).
    var isStaleStatement: Bool {
        switch code {
        case .server(.invalidSQLStatementName): true
        case .server(.featureNotSupported): report?.routine == "RevalidateCachedQuery"
        default: false
        }
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// A sentence that holds neither SQL nor data.
    public var description: String {
        switch code {
        case .connectionFailed, .connectionLost, .unavailable, .poolClosed: "the database is not available"
        case .poolTimeout: "the database is busy"
        case .server(let state): "the database refused the statement (SQLSTATE \(state.rawValue))"
        case .decoding: "the database answered with an unexpected result"
        case .encoding: "the statement cannot be sent to the database"
        case .protocolViolation: "the database answered out of turn"
        }
    }

    /// The whole story for the log, without binds.
    public var debugDescription: String {
        guard let report else { return "\(code): \(message)" }
        return "\(code) \(report.debugDescription)"
    }
}

/// An error type that can carry a `PostgresError`, so that a transaction may throw the domain's own errors.
///
/// The pool's own failures (no connection, a failed COMMIT) reach the caller through `init(_:)`.
public protocol PostgresErrorConvertible: Error {
    /// The domain's error for a failure of the database.
    ///
    /// - Parameter error: The failure.
    init(_ error: PostgresError)
}

extension PostgresErrorConvertible {
    /// Runs statements and turns a failure of the database into this error type.
    ///
    /// - Parameter body: The statements.
    /// - Returns: What `body` returns.
    /// - Throws: The converted error.
    @discardableResult
    public static func wrapping<R>(_ body: () throws(PostgresError) -> R) throws(Self) -> R {
        do { return try body() } catch { throw Self(error) }
    }
}

extension PostgresError: PostgresErrorConvertible {
    /// The same error.
    ///
    /// - Parameter error: The error.
    public init(_ error: PostgresError) {
        self = error
    }
}
