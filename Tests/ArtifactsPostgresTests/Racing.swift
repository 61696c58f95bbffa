import Glibc
import Postgres
import Synchronization
import TestSupport

extension Database {
    /// Runs `body` while another session has made changes that it has not committed, and ends that once `body` waits.
    ///
    /// - Returns: What `body` returned, and whether it had to wait.
    func racing<R: Sendable>(
        _ statements: String,
        ending end: String = "COMMIT",
        _ body: @escaping @Sendable (ConnectionPool) throws -> R
    ) throws -> (result: Result<R, any Error>, hasWaited: Bool) {
        let other = try second()
        try other.execute("BEGIN; \(statements)")
        let holder = Mutex(UncheckedConnection(connection: other))
        let observer = Mutex(UncheckedConnection(connection: connection))
        let result = Mutex<Result<R, any Error>?>(nil)
        let hasWaited = Mutex(false)
        let pool = pool
        onThreads(2) { number in
            if number == 0 {
                let found = Result { try body(pool) }
                result.withLock { $0 = found }
                return
            }
            let isWaiting = observer.withLock { observer in
                Self.waitUntil { result.withLock { $0 != nil } || Self.hasWaiter(observer.connection) }
                return Self.hasWaiter(observer.connection)
            }
            hasWaited.withLock { $0 = isWaiting }
            holder.withLock { try? $0.connection.execute(end) }
        }
        guard let found = result.withLock({ $0 }) else { throw Unfinished() }
        return (found, hasWaited.withLock { $0 })
    }

    private struct Unfinished: Error {}

    private static func hasWaiter(_ connection: Connection) -> Bool {
        let sql: SQL = """
            SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
            """
        return (try? connection.query(sql).onlyRow().bool(0)) ?? false
    }

    private static func waitUntil(_ condition: () -> Bool) {
        for _ in 0..<2000 where !condition() { usleep(5000) }
    }
}
