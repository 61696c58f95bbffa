extension ConnectionPool {
    /// Runs one statement on a connection of the pool.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - idempotent: Whether it may run twice, because it only reads for instance. Such a statement is repeated once
    ///     on a fresh connection when its own is lost under it.
    /// - Returns: Its rows, which need no connection.
    /// - Throws: The server's refusal, or an error whose `isUnavailable` is true.
    @discardableResult
    public func query(_ sql: SQL, idempotent: Bool = false) throws(PostgresError) -> Rows {
        try once(orAgain: idempotent) { connection throws(PostgresError) in try connection.query(sql) }
    }

    /// Runs one fixed statement on a connection of the pool.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - values: The values of `$1`, `$2` and so on.
    ///   - idempotent: Whether it may run twice; see `query(_:idempotent:)`.
    /// - Returns: Its rows, which need no connection.
    /// - Throws: The server's refusal, or an error whose `isUnavailable` is true.
    @discardableResult
    public func query<each Value: SQLBindable>(
        _ statement: Statement,
        _ values: repeat each Value,
        idempotent: Bool = false
    ) throws(PostgresError) -> Rows {
        var binds: [Bind] = []
        repeat binds.append((each values).bind)
        return try query(statement, binds, idempotent: idempotent)
    }

    /// Runs one fixed statement on a connection of the pool.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - binds: The values of `$1`, `$2` and so on.
    ///   - idempotent: Whether it may run twice; see `query(_:idempotent:)`.
    /// - Returns: Its rows, which need no connection.
    /// - Throws: The server's refusal, or an error whose `isUnavailable` is true.
    @discardableResult
    public func query(
        _ statement: Statement,
        _ binds: [Bind],
        idempotent: Bool = false
    ) throws(PostgresError) -> Rows {
        try once(orAgain: idempotent) { connection throws(PostgresError) in try connection.query(statement, binds) }
    }

    /// Runs statements as one transaction: committed when `body` returns, rolled back when it throws.
    ///
    /// It is never repeated by the pool; where the error's `isRetryable` is true the caller may run it again.
    ///
    /// - Parameters:
    ///   - isolation: The isolation level.
    ///   - body: The statements.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or the failure of the pool, BEGIN or COMMIT.
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel = .readCommitted,
        _ body: (Connection) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        try transaction(throwing: PostgresError.self, isolation: isolation, body)
    }

    /// Runs statements as one transaction that throws the domain's own errors.
    ///
    /// - Parameters:
    ///   - failure: The domain's error type.
    ///   - isolation: The isolation level.
    ///   - body: The statements.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or the failure of the pool, BEGIN or COMMIT, converted.
    @discardableResult
    public func transaction<R, E: PostgresErrorConvertible>(
        throwing failure: E.Type,
        isolation: IsolationLevel = .readCommitted,
        _ body: (Connection) throws(E) -> R
    ) throws(E) -> R {
        try withConnection(throwing: failure) { connection throws(E) in
            try connection.transaction(throwing: failure, isolation: isolation, body)
        }
    }

    private static let probe = Statement("SELECT 1")

    /// Asks the server for a sign of life, for a readiness check.
    ///
    /// - Throws: Why there is none.
    public func ping() throws(PostgresError) {
        try query(Self.probe, [], idempotent: true)
    }

    private func once<R>(
        orAgain again: Bool,
        _ body: (Connection) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        do {
            return try withConnection(body)
        } catch {
            guard again, error.isConnectionLost else { throw error }
            return try withConnection(body)
        }
    }
}
