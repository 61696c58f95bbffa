import Artifacts
import Postgres
import Synchronization
import Testing

@testable import ArtifactsPostgres

@Suite("The audit trail in the database")
struct AuditLogTests {
    private let database: Database
    private let log: AuditLog

    init() throws {
        database = try Database()
        log = AuditLog(pool: database.pool)
    }

    static func event(
        _ id: Int64,
        _ action: AuditAction = .download,
        second: Int64? = nil,
        user: Int64? = 1,
        project: Int64 = 1,
        job: Int64? = 42,
        paths: [String] = [],
        digest: UInt8 = 9,
        address: String? = "192.0.2.1"
    ) -> AuditEvent {
        AuditEvent(
            id: id,
            createdAt: 1_600_000_000_000_000 + (second ?? id) * 1_000_000 + 123_457,
            action: action,
            actor: AuditActor(userID: user, accessTokenID: user.map { $0 + 100 }),
            projectID: project,
            projectPath: "Old/Path\(project)",
            jobID: job,
            subject: AuditSubject(fileType: "archive", paths: paths, digest: Database.digest(digest)),
            delivery: action == .download ? .worker : nil,
            status: 206,
            address: address,
            requestID: "request-\(id)"
        )
    }

    private func all(_ filter: AuditFilter = AuditFilter(), limit: Int = 100) throws -> [AuditEntry] {
        try log.page(filter, .newestFirst, after: nil, limit: limit)
    }

    private func ids(_ change: (inout AuditFilter) -> Void) throws -> [Int64] {
        var filter = AuditFilter()
        change(&filter)
        return try all(filter).map(\.event.id)
    }

    @Test("an event is read as it was written, with the user's name of that moment")
    func roundTrip() throws {
        let full = Self.event(1, paths: [#"a "b" \ {c},"#, "", "ünï\u{1B}[0m\nx", "NULL"])
        var upload = Self.event(4, .upload)
        upload.subject.size = 0
        upload.subject.pipelineID = 7
        var bare = Self.event(2, .delete, user: nil, job: nil, address: nil)
        bare.subject = AuditSubject()
        bare.actor = AuditActor(tokenJobID: 5)
        var unknownUser = Self.event(3, address: "2001:db8::1")
        unknownUser.actor.userID = 999
        try log.append([full, bare, unknownUser, upload])
        let entries = try all()
        #expect(entries.map(\.event) == [upload, unknownUser, bare, full])
        #expect(entries.map(\.username) == ["ann", nil, nil, "ann"])
        try database.connection.execute("UPDATE users SET username = 'anna' WHERE id = 1")
        #expect(try all().last?.username == "ann", "a snapshot")
    }

    @Test("an event that is written again is there once")
    func idempotence() throws {
        try log.append([Self.event(1), Self.event(2)])
        try log.append([Self.event(2), Self.event(3)])
        try log.append([])
        #expect(try all().map(\.event.id) == [3, 2, 1])
    }

    /// Enough events for COPY, of all kinds; the first has the number `first`.
    private static func many(from first: Int64) -> [AuditEvent] {
        (first..<first + Int64(AuditLog.copied) + 300).map { id in
            var event = Self.event(id, paths: id % 2 == 0 ? [] : [#"a "b" \ {c},"#, "", "ünï\nx\t", "NULL"])
            switch id % 4 {
            case 0: event.actor.userID = 999
            case 1: (event.actor, event.subject.digest, event.address) = (AuditActor(tokenJobID: 5), nil, "2001:db8::1")
            case 2: (event.jobID, event.subject.fileType, event.address) = (nil, nil, nil)
            default: (event.subject.size, event.subject.pipelineID) = (0, 7)
            }
            return event
        }
    }

    @Test("many events are read as they were written, just as few are")
    func copied() throws {
        let events = Self.many(from: 1)
        try log.append(events)
        let entries = try all(limit: 1000)
        #expect(entries.map(\.event) == events.reversed())
        for entry in entries { #expect(entry.username == (entry.event.actor.userID == 1 ? "ann" : nil)) }
        let rows: SQL = "SELECT e::text FROM audit_events e ORDER BY id"
        let copied = try database.connection.query(rows).map { try $0.text(0) }
        try database.connection.execute("DELETE FROM audit_events")
        for event in events { try log.append([event]) }
        #expect(try database.connection.query(rows).map { try $0.text(0) } == copied)
    }

    @Test("many events of which some are there already are there once")
    func copiedAgain() throws {
        let events = Self.many(from: 1)
        try log.append(Array(events.prefix(3)))
        try log.append(events)
        try log.append(events)
        #expect(try all(limit: 1000).map(\.event) == events.reversed())
    }

    @Test("one event that the database refuses leaves none of many behind, and the error says which kind it is")
    func copyRefused() throws {
        var events = Self.many(from: 1)
        events[20].projectPath = "a\0b"
        let error = #expect(throws: PostgresError.self) { try log.append(events) }
        #expect(error?.code == .server(.characterNotInRepertoire), "\(String(reflecting: error))")
        #expect(try all() == [])
        events[20].projectPath = "a/b"
        events[20].address = "nowhere"
        #expect(throws: PostgresError.self) { try log.append(events) }
        events[20].address = nil
        try log.append(events)
        #expect(try all(limit: 1000).count == events.count)
    }

    /// Does something to the fifth row that comes in from now on, and nothing to that which comes instead.
    private func disturb(_ act: String) throws {
        try database.connection.execute(
            """
            DROP SEQUENCE IF EXISTS disturbed; CREATE SEQUENCE disturbed;
            CREATE OR REPLACE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('disturbed') = 5 THEN \(act); END IF;
                RETURN NEW;
            END $$;
            CREATE OR REPLACE TRIGGER disturb BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION disturb()
            """
        )
    }

    private func undisturb() throws {
        try database.connection.execute(
            "DROP TRIGGER disturb ON audit_events; DROP FUNCTION disturb; DROP SEQUENCE disturbed"
        )
    }

    @Test("many events come in although the connection is lost under them, and somebody hears of it")
    func copyLost() throws {
        let heard = Mutex<[PostgresError.Code]>([])
        let log = AuditLog(pool: database.pool) { error in heard.withLock { $0.append(error.code) } }
        try disturb("PERFORM pg_terminate_backend(pg_backend_pid())")
        defer { try? undisturb() }
        let events = Self.many(from: 1)
        try log.append(events)
        #expect(try all(limit: 1000).map(\.event) == events.reversed())
        #expect(heard.withLock(\.count) == 1)
    }

    @Test("a database that gets nowhere is an error at once, and leaves none of many behind")
    func copyCancelled() throws {
        try disturb("RAISE EXCEPTION USING ERRCODE = 'query_canceled'")
        defer { try? undisturb() }
        let events = Self.many(from: 1)
        let error = #expect(throws: PostgresError.self) { try log.append(events) }
        #expect(error?.isUnavailable == true && error?.isConnectionLost == false, "\(String(reflecting: error))")
        #expect(try all() == [])
        try log.append(events)
        #expect(try all(limit: 1000).count == events.count)
    }

    @Test("an event stands and falls with the transaction of its change")
    func transaction() throws {
        try database.connection.execute("BEGIN")
        try AuditLog.append(database.connection, [Self.event(1, .keep)])
        try database.connection.execute("ROLLBACK")
        #expect(try all() == [])
    }

    @Test("events outlive what they tell of")
    func deletion() throws {
        try log.append([Self.event(1)])
        try database.connection.execute("DELETE FROM routes; DELETE FROM projects; DELETE FROM users")
        #expect(try all().map(\.username) == ["ann"])
        #expect(try ids { $0.project = "old/path1" } == [1], "found by the path that it has itself")
        #expect(try ids { $0.user = "ANN" } == [1], "found by the name that it has itself")
        #expect(try ids { $0.project = "1" } == [1])
        #expect(try ids { $0.user = "1" } == [1])
    }

    @Test(
        "events are neither changed nor removed all at once",
        arguments: ["UPDATE audit_events SET status = 1", "TRUNCATE audit_events"]
    )
    func appendOnly(statement: String) throws {
        try log.append([Self.event(1)])
        #expect(throws: PostgresError.self) { try database.connection.execute(statement) }
        #expect(try all().map(\.event.status) == [206])
    }

    @Test("each filter finds its events, and all of them together")
    func filters() throws {
        try log.append([
            Self.event(1, project: 1, job: 1), Self.event(2, project: 2, job: 2, digest: 2),
            Self.event(3, .keep, user: 2, project: 2, job: 3, address: "10.1.2.3"),
            Self.event(4, .delete, user: nil, project: 1, job: nil, address: nil),
        ])
        try database.connection.execute("INSERT INTO redirect_routes VALUES ('was/here', 'Was/Here', 2)")
        #expect(try ids { _ in } == [4, 3, 2, 1])
        #expect(try ids { $0.project = "top/SUB/app" } == [4, 1])
        #expect(try ids { $0.project = "was/here" } == [3, 2])
        #expect(try ids { $0.project = "2" } == [3, 2])
        #expect(try ids { $0.project = "no/where" } == [])
        #expect(try ids { $0.user = "Bob" } == [3])
        #expect(try ids { $0.user = "1" } == [2, 1])
        #expect(try ids { $0.jobID = 2 } == [2])
        #expect(try ids { $0.actions = [.keep, .delete] } == [4, 3])
        #expect(try ids { $0.digest = Database.digest(2) } == [2])
        #expect(try ids { $0.address = "10.0.0.0/8" } == [3])
        #expect(try ids { $0.address = "192.0.2.1" } == [2, 1])
        #expect(try ids { $0.requestID = "request-3" } == [3])
        let second = Self.event(2).createdAt
        #expect(try ids { $0.since = second } == [4, 3, 2])
        #expect(try ids { $0.until = second } == [1])
        #expect(try ids { ($0.project, $0.user, $0.actions) = ("2", "ann", [.download]) } == [2])
    }

    @Test(
        "pages follow each other without gap or repetition, both ways",
        arguments: [AuditLog.Order.newestFirst, .oldestFirst]
    )
    func pages(order: AuditLog.Order) throws {
        // Several of one moment: their numbers tell them apart.
        try log.append((1...25).map { Self.event($0, second: $0 / 4) })
        var seen: [Int64] = []
        var last: AuditEvent?
        while true {
            let page = try log.page(AuditFilter(), order, after: last, limit: 4)
            seen += page.map(\.event.id)
            // What comes in meanwhile does not shift the pages.
            try log.append([Self.event(100 + Int64(seen.count), second: order == .newestFirst ? 99 : -99)])
            guard page.count == 4 else { break }
            last = page.last?.event
        }
        #expect(seen.filter { $0 < 100 } == (order == .newestFirst ? (1...25).reversed() : Array(1...25)))
    }

    @Test("retention removes the oldest, a batch at a time, and nothing newer")
    func retention() throws {
        try log.append((1...10).map { Self.event($0) })
        let limit = Self.event(8).createdAt
        var removed: [Int] = []
        repeat { removed.append(try log.removeExpired(before: limit, batch: 3)) } while removed.last == 3
        #expect(removed == [3, 3, 1])
        #expect(try all().map(\.event.id) == [10, 9, 8])
    }

    @Test("two that remove at once do not wait for each other")
    func concurrentRetention() throws {
        try log.append((1...10).map { Self.event($0) })
        let other = try database.second()
        try other.execute("BEGIN; DELETE FROM audit_events WHERE id IN (1, 2)")
        try database.connection.execute("SET lock_timeout = '5s'")
        #expect(try log.removeExpired(before: Self.event(5).createdAt, batch: 10) == 2)
        try other.execute("COMMIT")
        #expect(try all().map(\.event.id) == [10, 9, 8, 7, 6, 5])
    }
}
