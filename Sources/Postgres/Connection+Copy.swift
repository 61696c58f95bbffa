import CLibPQ

extension Connection {
    /// Runs a `COPY ... FROM STDIN (FORMAT binary)`: the cheapest way of the server to take many rows in.
    ///
    /// The rows are a statement of their own and there all or not at all; as the server reads them while they are sent,
    /// memory stays the same however many there are. Unlike an `INSERT` it computes nothing and passes over no row that
    /// is there already.
    ///
    /// - Parameters:
    ///   - statement: The statement; each value has the very type of its column.
    ///   - body: Sends the rows; what it throws takes all of them back.
    /// - Throws: What `body` throws, the server's refusal, or a lost connection.
    public func copy(
        _ statement: String,
        _ body: (CopyWriter) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        try Self.checkText(statement)
        try beginCopy(statement)
        do {
            let writer = CopyWriter(handle)
            try body(writer)
            try writer.finish()
        } catch {
            try abandonCopy(because: error)
        }
        try endCopy(error: nil)
    }

    private func beginCopy(_ statement: String) throws(PostgresError) {
        let result = PQexec(handle, statement)
        guard PQresultStatus(result) == PGRES_COPY_IN else {
            _ = try check(result)
            throw PostgresError(.protocolViolation, "the statement takes no rows")
        }
        PQclear(result)
    }

    /// Ends COPY as failed.
    ///
    /// - Throws: The server's word where it has one, which then is the cause; else the given error.
    private func abandonCopy(because error: PostgresError) throws(PostgresError) -> Never {
        do throws(PostgresError) {
            try endCopy(error: "given up")
        } catch let refusal where refusal.sqlState != .queryCanceled {
            throw refusal
        } catch {}
        throw error
    }

    /// Ends COPY and waits for what the server says of it.
    ///
    /// - Parameter error: Why it fails, or `nil` where all rows were sent.
    /// - Throws: The server's refusal, or a lost connection.
    private func endCopy(error: String?) throws(PostgresError) {
        // A connection that does not even take this is lost, and the result says so.
        _ = PQputCopyEnd(handle, error)
        var failure: PostgresError?
        var count = 0
        while let result = PQgetResult(handle) {
            count += 1
            do throws(PostgresError) { _ = try check(result) } catch { failure = failure ?? error }
            // Where it did not end, libpq says that it goes on as often as it is asked.
            if status == .broken { break }
        }
        if let failure { throw failure }
        if count == 0 { _ = try check(nil) }
    }
}
