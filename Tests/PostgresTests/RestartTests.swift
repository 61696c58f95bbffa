import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Server restart", .serialized)
struct RestartTests {
    fileprivate struct Tally {
        var right = 0
        var unavailable = 0
        var wrong: [String] = []
    }

    private static let cluster = Result { try PostgresCluster() }

    @Test("while the server restarts, answers are right or say that the database is unavailable")
    func restartUnderLoad() throws {
        let cluster = try Self.cluster.get()
        let pool = ConnectionPool(conninfo: cluster.conninfo(), size: 4)
        let statement = Statement("SELECT $1 * 2")
        let tally = Mutex(Tally())
        let isDone = Atomic<Bool>(false)
        let restarter = Thread {
            for _ in 0..<2 {
                usleep(100_000)
                do { try cluster.restart() } catch { tally.withLock { $0.wrong.append("\(error)") } }
            }
            isDone.store(true, ordering: .releasing)
        }
        restarter.start()
        onThreads(8) { thread in
            var number = Int64(thread)
            while !isDone.load(ordering: .acquiring) {
                number += 8
                let (asked, answer) = (number, Result { try pool.query(statement, number).onlyRow().int64(0) })
                tally.withLock { $0.count(asked, answer) }
                if case .failure = answer { usleep(1000) }
            }
        }
        let result = tally.withLock { $0 }
        #expect(result.wrong == [])
        #expect(result.right > 0)
        try waitUntilReachable(pool)
        #expect(try pool.query(statement, Int64(21)).onlyRow().int64(0) == 42)
        #expect(pool.figures.reconnectsTotal > 0)
    }

    @Test("after a restart the first statement of every connection works, with none in flight lost")
    func restartWhileIdle() throws {
        let cluster = try Self.cluster.get()
        let pool = ConnectionPool(conninfo: cluster.conninfo(), size: 3)
        let statement = Statement("SELECT $1 * 2")
        try pool.query("CREATE TABLE t (a int8)")
        try pool.withConnection { first throws(PostgresError) in
            try first.query(statement, 1)
            try pool.query(statement, 1)
        }
        try cluster.restart()
        for number in 0..<5 {
            try pool.query("INSERT INTO t VALUES (\(number))")
            #expect(try pool.query(statement, number).onlyRow().int64(0) == Int64(number) * 2)
        }
        #expect(try pool.query("SELECT count(*) FROM t").onlyRow().int64(0) == 5)
    }

    /// The pool may still be pausing after its last failure.
    private func waitUntilReachable(_ pool: ConnectionPool) throws {
        for _ in 0..<100 {
            if failure({ try pool.ping() }) == nil { return }
            usleep(50_000)
        }
        try pool.ping()
    }
}

extension RestartTests.Tally {
    fileprivate mutating func count(_ asked: Int64, _ answer: Result<Int64, any Error>) {
        switch answer {
        case .success(asked * 2): right += 1
        case .success(let value): wrong.append("\(asked) * 2 = \(value)")
        case .failure(let error as PostgresError) where error.isUnavailable: unavailable += 1
        case .failure(let error): wrong.append(String(reflecting: error))
        }
    }
}
