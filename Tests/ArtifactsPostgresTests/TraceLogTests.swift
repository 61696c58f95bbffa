import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("The log of a running job")
struct TraceLogTests {
    private let database: Database
    private let log: TraceLog
    private let traces: TraceCatalog
    private static let token = Database.digest(9)

    private struct Broken: Error, PostgresErrorConvertible {
        init() {}
        init(_ error: PostgresError) {}
    }

    init() throws {
        database = try Database()
        log = TraceLog(pool: database.pool)
        traces = TraceCatalog(pool: database.pool)
        try database.pipeline(1)
        try database.job(1, in: 1, status: "running")
        try database.job(2, in: 1, status: "running")
        try database.connection.query("UPDATE jobs SET token_digest = \(Self.token) WHERE id = 1")
    }

    private func append(_ bytes: [UInt8]) throws {
        try log.append(to: 1, token: Self.token, throwing: PostgresError.self) { writer throws(PostgresError) in
            try bytes.withUnsafeBufferPointer { (buffer) throws(PostgresError) in
                try writer?.append(UnsafeRawBufferPointer(buffer))
            }
        }
    }

    /// What whoever appends is told.
    private func look<R>(_ job: Int64, _ body: (TraceWriter?) -> R) throws -> R {
        try Self.look(job, database.pool, body)
    }

    private static func look<R>(_ job: Int64, _ pool: ConnectionPool, _ body: (TraceWriter?) -> R) throws -> R {
        try TraceLog(pool: pool).append(to: job, token: token, throwing: PostgresError.self) {
            writer throws(PostgresError) in body(writer)
        }
    }

    private func whole(from start: Int64 = 0) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let position = start + Int64(bytes.count)
            let chunks = try traces.chunks(job: 1, from: position)
            guard let first = chunks.first else { return bytes }
            bytes += first.bytes.dropFirst(Int(position - first.start))
            bytes += chunks.dropFirst().flatMap(\.bytes)
        }
    }

    @Test("is what was appended, in rows of at most 64 KiB")
    func appended() throws {
        let bytes = (0..<300_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try append(Array(bytes[..<7]))
        try append([])
        try append(Array(bytes[7...]))
        #expect(try whole() == bytes)
        #expect(try traces.trace(job: 1, project: 1) == TraceRecord(trace: nil, writtenBytes: 300_001))
        for start in [1, 6, 7, 8, 65_542, 65_543, 300_000] {
            #expect(try whole(from: Int64(start)) == Array(bytes[start...]), "from \(start)")
        }
        #expect(try whole(from: 300_001) == [])
        #expect(try traces.chunks(job: 2, from: 0) == [])
    }

    @Test("is read in order where there are more pieces than one answer holds")
    func manyPieces() throws {
        for number in 0..<30 { try append([UInt8(number)]) }
        #expect(try traces.chunks(job: 1, from: 3).count == 8)
        #expect(try whole() == Array(0..<30))
        #expect(try whole(from: 13) == Array(13..<30))
    }

    @Test("does not hold what failed")
    func undone() throws {
        try append([1, 2, 3])
        #expect(throws: Broken.self) {
            try log.append(to: 1, token: Self.token, throwing: Broken.self) { writer throws(Broken) in
                do throws(PostgresError) {
                    try [UInt8](repeating: 9, count: 9).withUnsafeBufferPointer { (buffer) throws(PostgresError) in
                        try writer?.append(UnsafeRawBufferPointer(buffer))
                    }
                } catch {
                    throw Broken(error)
                }
                #expect(writer?.size == 12)
                throw Broken()
            }
        }
        #expect(try whole() == [1, 2, 3])
    }

    @Test("tells who may write it, and whether it was uploaded as a whole")
    func state() throws {
        try append([1, 2, 3])
        try look(1) { writer in
            #expect(writer?.size == 3)
            #expect(writer?.isStored == false)
            #expect(writer?.job == UploadingJob(status: .running))
        }
        try database.artifact(of: 1, "trace")
        try look(1) { #expect($0?.isStored == true) }
        try look(2) { #expect($0 == nil, "not its token") }
        try look(3) { #expect($0 == nil, "no such job") }
        #expect(try traces.trace(job: 1, project: 1)?.writtenBytes == 0, "the row stands for the log")
    }

    @Test("takes one piece after the other")
    func exclusive() throws {
        let race = try database.racing(
            "SELECT 1 FROM jobs WHERE id = 1 FOR NO KEY UPDATE; INSERT INTO trace_chunks VALUES (1, 0, 'abc')"
        ) { pool in
            try Self.look(1, pool) { $0?.size }
        }
        #expect(race.hasWaited)
        #expect(try race.result.get() == 3)
    }

    @Test("takes nothing any more once the job has ended")
    func ended() throws {
        let race = try database.racing("UPDATE jobs SET status = 'success' WHERE id = 1") { pool in
            try Self.look(1, pool) { $0?.job.status }
        }
        #expect(race.hasWaited)
        #expect(try race.result.get() == .success)
    }

    @Test("makes a job erasable, and goes with it")
    func erased() throws {
        try append([1, 2, 3])
        try database.connection.execute("UPDATE jobs SET status = 'failed'")
        let changes = ChangeCatalog(pool: database.pool)
        #expect(try changes.erase(job: 2) == .notErasable)
        guard case .erased(let job) = try changes.erase(job: 1) else {
            Issue.record("it was not erasable")
            return
        }
        #expect(job.id == 1)
        #expect(try whole() == [])
        #expect(try changes.erase(job: 1) == .notErasable)
    }

    @Test("goes with the job")
    func deleted() throws {
        try append([1])
        try database.connection.execute("DELETE FROM jobs WHERE id = 1")
        #expect(try database.connection.query("SELECT count(*) FROM trace_chunks").onlyRow().int64(0) == 0)
    }
}
