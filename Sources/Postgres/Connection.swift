import CLibPQ
import Glibc

/// One session with the server.
///
/// A connection belongs to one thread at a time (libpq allows no other use), which the type states by not being
/// `Sendable`; `ConnectionPool` lends it for the length of a closure. `deinit` ends the session.
public final class Connection {
    let handle: OpaquePointer
    let parameters = ParameterBuffer()
    var cache: StatementCache
    private var sawLoss = false

    /// What a connection is doing, as far as libpq knows (`PQtransactionStatus`).
    public enum Status: Equatable, Sendable {
        /// Ready, and in no transaction.
        case idle
        /// In a transaction that works.
        case inTransaction
        /// In a transaction that has failed and only takes ROLLBACK.
        case inFailedTransaction
        /// In the middle of a statement.
        case busy
        /// Gone.
        case broken
    }

    /// Opens a session.
    ///
    /// - Parameters:
    ///   - conninfo: A libpq connection string or URI.
    ///   - options: Timeouts and settings of the session.
    ///   - preparedStatements: How many `SQL` statements stay prepared; each `Statement` does.
    /// - Throws: `.connectionFailed`; the message for the log holds no password.
    public init(
        conninfo: String,
        options: ConnectionOptions = ConnectionOptions(),
        preparedStatements: Int = 200
    ) throws(PostgresError) {
        let parameters = try ConnectionParameters(conninfo: conninfo, options: options)
        guard let handle = parameters.withArrays({ PQconnectdbParams($0, $1, 0) }) else {
            throw PostgresError(.connectionFailed, "libpq is out of memory")
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw PostgresError(.connectionFailed, parameters.redact(Self.message(handle)))
        }
        self.handle = handle
        cache = StatementCache(capacity: max(1, preparedStatements))
        // Without a receiver libpq prints notices on standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
    }

    deinit {
        PQfinish(handle)
    }

    /// What the connection is doing.
    public var status: Status {
        guard !sawLoss, PQstatus(handle) == CONNECTION_OK else { return .broken }
        switch PQtransactionStatus(handle) {
        case PQTRANS_IDLE: return .idle
        case PQTRANS_INTRANS: return .inTransaction
        case PQTRANS_INERROR: return .inFailedTransaction
        case PQTRANS_ACTIVE: return .busy
        default: return .broken
        }
    }

    /// The process identifier of the session's backend (`PQbackendPID`), as in `pg_stat_activity`.
    public var backendPID: Int32 { PQbackendPID(handle) }

    /// Whether an idle connection is still good, found without a round trip.
    ///
    /// The server sends nothing on its own to an idle session but its farewell, so a socket with something to read is
    /// closed or closing. To know that before a statement is sent means that it can go to another connection safely.
    var isAlive: Bool {
        guard status == .idle else { return false }
        var byte: UInt8 = 0
        let received = recv(PQsocket(handle), &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    }

    /// Makes a connection that comes back from a borrower ready for the next.
    ///
    /// - Returns: Whether it can be lent again.
    func resetForReuse() -> Bool {
        switch status {
        case .idle: return true
        case .inTransaction, .inFailedTransaction:
            do { try execute("ROLLBACK") } catch { return false }
            return status == .idle
        case .busy, .broken: return false
        }
    }

    /// Turns what libpq returned into rows or an error.
    ///
    /// - Parameter result: The result of an exec function, or nil.
    /// - Returns: The rows, which own the result.
    /// - Throws: `.server`, `.connectionLost` or `.protocolViolation`.
    func check(_ result: OpaquePointer?) throws(PostgresError) -> Rows {
        guard let result else { throw failure() }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return Rows(taking: result)
        case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE:
            defer { PQclear(result) }
            throw failure(ServerReport(result: result))
        default:
            PQclear(result)
            sawLoss = true
            throw PostgresError(.protocolViolation, "COPY cannot be run as a statement")
        }
    }

    private func failure(_ report: ServerReport? = nil) -> PostgresError {
        let error: PostgresError
        if let report, let state = report.state {
            error = PostgresError(.server(state), report.message, report: report)
        } else if PQstatus(handle) == CONNECTION_OK {
            error = PostgresError(.protocolViolation, Self.message(handle))
        } else {
            error = PostgresError(.connectionLost, Self.message(handle))
        }
        if error.isConnectionLost || error.code == .protocolViolation { sawLoss = true }
        return error
    }

    private static func message(_ handle: OpaquePointer) -> String {
        var message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        while message.utf8.last == UInt8(ascii: "\n") { message.removeLast() }
        return message
    }
}
