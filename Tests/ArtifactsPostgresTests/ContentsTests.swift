import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ArtifactsPostgres

@Suite("The intake of contents")
struct ContentsTests {
    private let database: Database

    init() throws {
        database = try Database()
    }

    private func intake(
        _ connection: Connection,
        _ digest: UInt8 = 1,
        isIndexed: Bool = false
    ) throws(PostgresError) -> Contents.Intake {
        try Contents.intake(connection, digest: Database.digest(digest), size: 5, isIndexed: isIndexed)
    }

    private func committed(_ digest: UInt8 = 1, isIndexed: Bool = false) throws -> Contents.Intake {
        try database.connection.transaction { connection throws(PostgresError) in
            try intake(connection, digest, isIndexed: isIndexed)
        }
    }

    private func flag(_ column: String, _ id: Int64) throws -> Bool {
        let sql: SQL = "SELECT \(unescaped: column) FROM contents WHERE id = \(id)"
        return try database.connection.query(sql).onlyRow().bool(0)
    }

    @Test("new bytes get a row, known ones are found")
    func newAndFound() throws {
        let first = try committed()
        #expect(first.isNew)
        #expect(try committed() == Contents.Intake(id: first.id, isNew: false, needsIndex: false))
        #expect(try committed(2).isNew)
    }

    @Test("bytes that came in as no zip need an index when they come as one, and then no more")
    func indexed() throws {
        let first = try committed()
        #expect(try !flag("indexed", first.id))
        #expect(try committed(isIndexed: true) == Contents.Intake(id: first.id, isNew: false, needsIndex: true))
        #expect(try flag("indexed", first.id))
        #expect(try committed(isIndexed: true) == Contents.Intake(id: first.id, isNew: false, needsIndex: false))
        _ = try committed()
        #expect(try flag("indexed", first.id))
    }

    @Test("a new zip brings its index along")
    func newIndexed() throws {
        #expect(try !committed(isIndexed: true).needsIndex)
    }

    @Test("a content that is being removed is not found: the bytes get a new row")
    func removing() throws {
        let first = try committed()
        try database.connection.execute("UPDATE contents SET removing_at = now()")
        let second = try committed()
        #expect(second.isNew)
        #expect(second.id != first.id)
        #expect(try committed() == Contents.Intake(id: second.id, isNew: false, needsIndex: false))
    }

    /// Runs an intake on another session while `holder` is in a transaction, and ends that once the intake waits.
    private func intakeWhile(_ holder: Connection, ending end: String) throws -> Contents.Intake? {
        let pool = database.pool
        let result = Mutex<Contents.Intake?>(nil)
        let watcher = database.connection
        let ended = Mutex<String?>(nil)
        let transaction = Mutex(UncheckedConnection(connection: holder))
        let observer = Mutex(UncheckedConnection(connection: watcher))
        onThreads(2) { number in
            if number == 0 {
                let found = try? pool.transaction { connection throws(PostgresError) in
                    try Contents.intake(connection, digest: Database.digest(1), size: 5, isIndexed: false)
                }
                result.withLock { $0 = found }
            } else {
                observer.withLock { Self.waitForWaiter($0.connection) }
                ended.withLock { $0 = end }
                transaction.withLock { try? $0.connection.execute(end) }
            }
        }
        #expect(ended.withLock { $0 } == end)
        return result.withLock { $0 }
    }

    private static func waitForWaiter(_ connection: Connection) {
        let sql: SQL = """
            SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
            """
        for _ in 0..<1000 {
            if (try? connection.query(sql).onlyRow().bool(0)) == true { return }
            _ = try? connection.execute("SELECT pg_sleep(0.01)")
        }
    }

    @Test("an intake waits for another one of the same bytes, and finds its row")
    func waitsForCommit() throws {
        let holder = try database.second()
        try holder.execute("BEGIN")
        let first = try intake(holder)
        #expect(
            try intakeWhile(holder, ending: "COMMIT") == Contents.Intake(id: first.id, isNew: false, needsIndex: false)
        )
    }

    @Test("an intake makes the row when the one that it waited for is rolled back")
    func waitsForRollback() throws {
        let holder = try database.second()
        try holder.execute("BEGIN")
        let first = try intake(holder)
        let second = try #require(try intakeWhile(holder, ending: "ROLLBACK"))
        #expect(second.isNew)
        #expect(second.id != first.id)
    }

    @Test("an intake that meets a removal waits, and makes a row of its own")
    func waitsForRemoval() throws {
        let first = try committed()
        let holder = try database.second()
        try holder.execute("BEGIN; UPDATE contents SET removing_at = now()")
        let second = try #require(try intakeWhile(holder, ending: "COMMIT"))
        #expect(second.isNew)
        #expect(second.id != first.id)
    }

    @Test("a removal does not choose a content while an intake refers to it")
    func removalSkips() throws {
        let first = try committed()
        let other = try database.second()
        try other.execute("BEGIN")
        _ = try intake(other)
        let sql: SQL = "SELECT id FROM contents WHERE id = \(first.id) FOR UPDATE SKIP LOCKED"
        #expect(try database.connection.query(sql).isEmpty)
        try other.execute("COMMIT")
        #expect(try database.connection.query(sql).count == 1)
    }
}

/// `@unchecked Sendable`: each one is used by one thread, inside the mutex that holds it.
struct UncheckedConnection: @unchecked Sendable {
    let connection: Connection
}
