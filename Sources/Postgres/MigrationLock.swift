import Glibc

/// The advisory lock that lets one session migrate at a time.
///
/// It is the session's and is asked for with short attempts, not waited for: a session that waits inside the server
/// keeps a snapshot open, and `CREATE INDEX CONCURRENTLY` in the session that holds the lock would wait for that
/// snapshot for ever.
struct MigrationLock {
    /// "artifact" in ASCII; advisory locks are per database.
    static let key: Int64 = 0x6172_7469_6661_6374

    private static let pollMicroseconds: UInt32 = 50_000

    let connection: Connection

    /// Takes the lock.
    ///
    /// - Parameter deadline: How long to try.
    /// - Throws: `.locked` with the backend that holds it, or `.database`.
    func take(deadline: Duration) throws(MigrationError) {
        guard connection.status == .idle else {
            throw .database(PostgresError(.protocolViolation, "migrating needs a connection in no transaction"))
        }
        let end = ContinuousClock.now + deadline
        while true {
            let taken = try MigrationError.wrapping { () throws(PostgresError) in
                try connection.query("SELECT pg_try_advisory_lock(\(Self.key))").onlyRow().bool(0)
            }
            if taken { return }
            guard ContinuousClock.now < end else { throw .locked(holderPID: try holder()) }
            usleep(Self.pollMicroseconds)
        }
    }

    /// Gives the lock back.
    ///
    /// Should that fail, the session is gone and the lock with it.
    func release() {
        _ = try? connection.query("SELECT pg_advisory_unlock(\(Self.key))")
    }

    /// `pg_locks` shows a 64-bit key in two halves, with `objsubid` 1.
    private func holder() throws(MigrationError) -> Int64? {
        try MigrationError.wrapping { () throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT pid FROM pg_locks
                WHERE locktype = 'advisory' AND granted AND objsubid = 1
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND ((classid::bigint << 32) | objid::bigint) = \(Self.key)
                """
            )
            return try rows.first?.int64(0)
        }
    }
}
