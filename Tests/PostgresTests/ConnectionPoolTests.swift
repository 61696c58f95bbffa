import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Connection pool")
struct ConnectionPoolTests {
    private func pool(size: Int, leaseTimeout: Duration = .seconds(10)) throws -> ConnectionPool {
        ConnectionPool(conninfo: try PostgresCluster.shared().conninfo(), size: size, leaseTimeout: leaseTimeout)
    }

    @Test("16 threads share 4 connections, and each has its own while it uses it")
    func exclusivity() throws {
        let pool = try pool(size: 4)
        let inUse = Mutex<Set<Int32>>([])
        let problems = Mutex<[String]>([])
        onThreads(16) { thread in
            for round in 0..<40 {
                do {
                    try pool.withConnection { connection throws(PostgresError) in
                        let pid = connection.backendPID
                        let isAlone = inUse.withLock { $0.insert(pid).inserted }
                        if !isAlone { problems.withLock { $0.append("backend \(pid) was used twice at once") } }
                        let answer = try connection.query("SELECT \(thread * 1000 + round)").onlyRow().int64(0)
                        if answer != Int64(thread * 1000 + round) {
                            problems.withLock { $0.append("thread \(thread) got \(answer)") }
                        }
                        _ = inUse.withLock { $0.remove(pid) }
                    }
                } catch {
                    problems.withLock { $0.append(String(reflecting: error)) }
                }
            }
        }
        #expect(problems.withLock { $0 } == [])
        let figures = pool.figures
        #expect(figures.idle == figures.connectsTotal && figures.connectsTotal <= 4, "\(figures)")
        #expect(figures.leased == 0 && figures.waiting == 0, "\(figures)")
    }

    @Test("a caller that waits too long gets an error that means 503")
    func timeout() throws {
        let pool = try pool(size: 1, leaseTimeout: .milliseconds(20))
        let error = try pool.withConnection { _ throws(PostgresError) in failure { try pool.ping() } }
        #expect(error?.code == .poolTimeout)
        #expect(error?.isUnavailable == true)
        try pool.ping()
        #expect(pool.figures.timeoutsTotal == 1)
    }

    @Test("a transaction left open is rolled back before the next borrower")
    func leftovers() throws {
        let pool = try pool(size: 1)
        let pid = try pool.withConnection { connection throws(PostgresError) in
            try connection.execute("BEGIN; CREATE TEMP TABLE t ()")
            return connection.backendPID
        }
        try pool.withConnection { connection throws(PostgresError) in
            #expect(connection.status == .idle)
            #expect(connection.backendPID == pid)
            #expect(try connection.query("SELECT to_regclass('t') IS NULL").onlyRow().bool(0))
        }
    }

    @Test("a connection in the middle of COPY is replaced")
    func spoiledConnection() throws {
        let pool = try pool(size: 1)
        #expect(failure { try pool.query("COPY (SELECT 1) TO STDOUT") }?.code == .protocolViolation)
        try pool.ping()
        #expect(pool.figures.reconnectsTotal == 1)
    }

    @Test("a connection found dead before it is used costs the caller nothing, even where repeating is not safe")
    func deadWhileIdle() throws {
        let pool = try pool(size: 1)
        let pid = try pool.withConnection { connection throws(PostgresError) in connection.backendPID }
        let other = try session()
        // The session of a terminated backend is gone from the view only after its socket was closed.
        try other.query("SELECT pg_terminate_backend(\(pid), 10000)")
        try pool.query("SELECT 1", idempotent: false)
        #expect(pool.figures.reconnectsTotal == 1)
    }

    @Test("a statement cut off under way is repeated only where that is safe", arguments: [true, false])
    func cutOffUnderWay(idempotent: Bool) throws {
        let database = try PostgresCluster.shared().createDatabase()
        let pool = ConnectionPool(conninfo: database, size: 2)
        try pool.query("CREATE SEQUENCE runs")
        // The first run ends its own session; the sequence, which no rollback resets, lets the second one through.
        let statement = Statement(
            """
            SELECT CASE WHEN nextval('runs') = 1 THEN pg_terminate_backend(pg_backend_pid())::int::int8
                        ELSE currval('runs') END, pg_sleep(0.01)
            """
        )
        if idempotent {
            #expect(try pool.query(statement, idempotent: true).onlyRow().int64(0) == 2)
        } else {
            #expect(failure { try pool.query(statement) }?.isUnavailable == true)
            try pool.ping()
        }
    }

    @Test("a transaction commits or rolls back on one connection")
    func transactions() throws {
        let pool = ConnectionPool(conninfo: try PostgresCluster.shared().createDatabase(), size: 2)
        try pool.query("CREATE TABLE t (a int8 PRIMARY KEY)")
        try pool.transaction { connection throws(PostgresError) in
            try connection.query("INSERT INTO t VALUES (\(1))")
        }
        let error = failure {
            try pool.transaction { connection throws(PostgresError) in
                try connection.query("INSERT INTO t VALUES (\(2))")
                try connection.query("INSERT INTO t VALUES (\(1))")
            }
        }
        #expect(error?.code == .server(.uniqueViolation))
        #expect(try pool.query("SELECT count(*) FROM t").onlyRow().int64(0) == 1)
    }

    @Test("while the server is unreachable one caller is told why, and the next fail at once")
    func unreachable() throws {
        let pool = ConnectionPool(conninfo: "host=/nonexistent dbname=none", size: 2)
        #expect(failure { try pool.ping() }?.code == .connectionFailed)
        let error = failure { try pool.ping() }
        #expect(error?.isUnavailable == true)
        #expect(!pool.figures.isReachable)
    }

    @Test("a closed pool refuses")
    func closed() throws {
        let pool = try pool(size: 1)
        try pool.ping()
        pool.close()
        #expect(failure { try pool.ping() }?.code == .poolClosed)
        #expect(pool.figures.idle == 0)
    }
}
