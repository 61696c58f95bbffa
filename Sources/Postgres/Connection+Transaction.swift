/// How much of other transactions a transaction sees (PostgreSQL documentation, "Transaction Isolation").
public enum IsolationLevel: Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted
    /// All statements see what was committed before the first.
    case repeatableRead
    /// As if the transactions ran one after the other; may fail with 40001 and is then run again.
    case serializable

    fileprivate var begin: String {
        switch self {
        case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED"
        case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
        }
    }
}

extension Connection {
    /// Runs statements as one transaction: committed when `body` returns, rolled back when it throws.
    ///
    /// - Parameters:
    ///   - failure: The domain's error type.
    ///   - isolation: The isolation level.
    ///   - body: The statements.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or a failure of BEGIN or COMMIT. A connection lost during COMMIT leaves open
    ///   whether the transaction took place.
    @discardableResult
    public func transaction<R, E: PostgresErrorConvertible>(
        throwing failure: E.Type,
        isolation: IsolationLevel = .readCommitted,
        _ body: (Connection) throws(E) -> R
    ) throws(E) -> R {
        try E.wrapping { () throws(PostgresError) in try begin(isolation) }
        let value: R
        do {
            value = try body(self)
        } catch {
            rollBack()
            throw error
        }
        try E.wrapping { () throws(PostgresError) in try commit() }
        return value
    }

    /// Runs statements as one transaction: committed when `body` returns, rolled back when it throws.
    ///
    /// - Parameters:
    ///   - isolation: The isolation level.
    ///   - body: The statements.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or a failure of BEGIN or COMMIT.
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel = .readCommitted,
        _ body: (Connection) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        try transaction(throwing: PostgresError.self, isolation: isolation, body)
    }

    private func begin(_ isolation: IsolationLevel) throws(PostgresError) {
        // BEGIN inside a transaction is only a warning, and the inner COMMIT would end the outer one.
        guard status == .idle || status == .broken else {
            throw PostgresError(.protocolViolation, "BEGIN on a connection that is in a transaction")
        }
        try execute(isolation.begin)
    }

    /// COMMIT of a failed transaction succeeds with the tag ROLLBACK, which must not pass for a commit.
    private func commit() throws(PostgresError) {
        guard try executeForTag("COMMIT") == "COMMIT" else {
            throw PostgresError(
                .server(.inFailedSQLTransaction),
                "a statement of the transaction failed, so COMMIT rolled it back"
            )
        }
    }

    /// A rollback that fails leaves the status at something other than idle, and the pool drops the connection.
    private func rollBack() {
        guard status == .inTransaction || status == .inFailedTransaction else { return }
        _ = try? execute("ROLLBACK")
    }
}
