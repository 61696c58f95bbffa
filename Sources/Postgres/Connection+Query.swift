import CLibPQ

extension Connection {
    /// Runs a statement whose interpolated values are binds.
    ///
    /// The statement stays prepared under its text, so the second run is as cheap as a `Statement`, but for the text.
    ///
    /// - Parameter sql: The statement.
    /// - Returns: Its rows.
    /// - Throws: The server's refusal, a lost connection, or `.encoding`.
    @discardableResult
    public func query(_ sql: SQL) throws(PostgresError) -> Rows {
        let text = sql.text
        try parameters.load(sql.binds)
        return try runPrepared { () throws(PostgresError) in try prepared(text: text) }
    }

    /// Runs a fixed statement with the given values for `$1`, `$2` and so on.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - values: The values.
    /// - Returns: Its rows.
    /// - Throws: The server's refusal, a lost connection, or `.encoding`.
    @discardableResult
    public func query<each Value: SQLBindable>(
        _ statement: Statement,
        _ values: repeat each Value
    ) throws(PostgresError) -> Rows {
        var binds: [Bind] = []
        repeat binds.append((each values).bind)
        return try query(statement, binds)
    }

    /// Runs a fixed statement with the given binds.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - binds: The values of `$1`, `$2` and so on.
    /// - Returns: Its rows.
    /// - Throws: The server's refusal, a lost connection, or `.encoding`.
    @discardableResult
    public func query(_ statement: Statement, _ binds: [Bind]) throws(PostgresError) -> Rows {
        try parameters.load(binds)
        return try runPrepared { () throws(PostgresError) in try prepared(statement) }
    }

    /// Runs a script of any number of statements without binds (`PQexec`), in one transaction unless it says otherwise.
    ///
    /// - Parameter script: The statements, separated by semicolons.
    /// - Throws: The first failure; the statements after it are not run.
    public func execute(_ script: String) throws(PostgresError) {
        _ = try executeForTag(script)
    }

    /// Runs a script for the command tag of its last statement; any rows are in the text format, which `Row` cannot
    /// read, so they stay inside the module.
    func executeForTag(_ script: String) throws(PostgresError) -> String {
        try Self.checkText(script)
        let rows = try check(PQexec(handle, script))
        return PQcmdStatus(rows.result).map { String(cString: $0) } ?? ""
    }

    /// Runs what `prepare` finds, and once more when the server has lost it or its columns have changed.
    ///
    /// Both are reported before anything is executed, so the repetition cannot do a thing twice; inside a transaction
    /// the failure has ended it, and the error goes to the caller.
    private func runPrepared(
        _ prepare: () throws(PostgresError) -> StatementCache.Prepared
    ) throws(PostgresError) -> Rows {
        do {
            return try run(try prepare())
        } catch {
            guard error.isStaleStatement else { throw error }
            cache.removeAll()
            guard status == .idle else { throw error }
            return try run(try prepare())
        }
    }

    private func run(_ prepared: StatementCache.Prepared) throws(PostgresError) -> Rows {
        let result = parameters.withArrays { count, values, lengths, formats in
            PQexecPrepared(handle, prepared.name, count, values, lengths, formats, 1)
        }
        return try check(result)
    }

    private func prepared(_ statement: Statement) throws(PostgresError) -> StatementCache.Prepared {
        if let known = cache.find(statement, types: parameters.types) { return known }
        let prepared = try prepare(statement.text)
        deallocate(cache.insert(prepared, for: statement))
        return prepared
    }

    private func prepared(text: String) throws(PostgresError) -> StatementCache.Prepared {
        if let known = cache.find(text: text, types: parameters.types) { return known }
        let prepared = try prepare(text)
        deallocate(cache.insert(prepared, text: text))
        return prepared
    }

    private func prepare(_ text: String) throws(PostgresError) -> StatementCache.Prepared {
        try Self.checkText(text)
        let types = parameters.types
        let name = cache.makeName()
        _ = try check(PQprepare(handle, name, text, Int32(truncatingIfNeeded: types.count), types))
        return StatementCache.Prepared(name: name, types: types)
    }

    /// Frees a statement on the server; should that fail, it only lingers there until the session ends.
    private func deallocate(_ prepared: StatementCache.Prepared?) {
        guard let prepared else { return }
        let name = prepared.name.dropLast().map { UInt8(bitPattern: $0) }
        PQclear(PQexec(handle, "DEALLOCATE \(String(decoding: name, as: UTF8.self))"))
    }

    /// A C string ends at its first NUL, so the rest of the statement would be lost.
    static func checkText(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else { throw PostgresError(.encoding, "the statement's text holds a NUL") }
    }
}
