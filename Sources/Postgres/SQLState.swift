/// A five-character SQLSTATE code, as the server sends it with every error.
///
/// The names follow PostgreSQL's table of error codes (PostgreSQL 15 documentation, appendix A). A code without a
/// name here is still compared by its raw value, and a whole class is matched with
/// `case SQLState.Class.integrityConstraintViolation:`.
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The five characters, for example `23505`.
    public let rawValue: String

    /// A code of these five characters.
    ///
    /// - Parameter rawValue: The characters of the code.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The five characters.
    public var description: String { rawValue }

    /// The first two characters of a code, which name its kind.
    public struct Class: RawRepresentable, Hashable, Sendable {
        /// The two characters, for example `23`.
        public let rawValue: String

        /// A class of these two characters.
        ///
        /// - Parameter rawValue: The characters of the class.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Class 08: the connection failed or never came to be.
        public static let connectionException = Class(rawValue: "08")
        /// Class 22: a value does not fit the type or the operation.
        public static let dataException = Class(rawValue: "22")
        /// Class 23: a constraint refused the row.
        public static let integrityConstraintViolation = Class(rawValue: "23")
        /// Class 40: the server rolled the transaction back; it may be tried again.
        public static let transactionRollback = Class(rawValue: "40")
        /// Class 53: the server is out of a resource.
        public static let insufficientResources = Class(rawValue: "53")

        /// Whether a code belongs to a class, for `case SQLState.Class.connectionException:`.
        ///
        /// - Parameters:
        ///   - pattern: The class.
        ///   - state: The code to look at.
        /// - Returns: Whether the code starts with the class's two characters.
        public static func ~= (pattern: Class, state: SQLState) -> Bool {
            state.rawValue.utf8.starts(with: pattern.rawValue.utf8)
        }
    }
}

extension SQLState {
    /// 0A000: also raised when a prepared plan's columns changed under it.
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    /// 22021: text that is not UTF-8, or holds a NUL.
    public static let characterNotInRepertoire = SQLState(rawValue: "22021")
    /// 22P02: text that does not spell a value of the type.
    public static let invalidTextRepresentation = SQLState(rawValue: "22P02")
    /// 23502: a NULL in a column that forbids it.
    public static let notNullViolation = SQLState(rawValue: "23502")
    /// 23503: a row refers to one that is not there.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// 23505: a second row with the same key.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// 23514: a CHECK refused the row.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// 25P02: the transaction has failed and takes no more statements.
    public static let inFailedSQLTransaction = SQLState(rawValue: "25P02")
    /// 26000: no prepared statement of that name.
    public static let invalidSQLStatementName = SQLState(rawValue: "26000")
    /// 40001: two transactions could not be put in an order.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// 40P01: two transactions waited for each other.
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    /// 42P01: no such table.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// 42601: the statement does not parse.
    public static let syntaxError = SQLState(rawValue: "42601")
    /// 53300: the server takes no more connections.
    public static let tooManyConnections = SQLState(rawValue: "53300")
    /// 55P03: a lock was not free in time (`lock_timeout`, `NOWAIT`).
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// 57014: the statement was cancelled, by `statement_timeout` for instance.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// 57P01: the server is shutting down, or an administrator ended the session.
    public static let adminShutdown = SQLState(rawValue: "57P01")
    /// 57P02: another backend crashed, and the server restarts.
    public static let crashShutdown = SQLState(rawValue: "57P02")
    /// 57P03: the server is starting up or shutting down and takes no connection yet.
    public static let cannotConnectNow = SQLState(rawValue: "57P03")
}
