import Artifacts
import Glibc
import Observability
import Testing

@testable import ArtifactsAPI
@testable import Postgres

@Suite("The audit trail of a process")
struct AuditTrailTests {
    private func wait(_ what: String, until condition: () -> Bool) throws {
        for _ in 0..<2000 where !condition() { usleep(10_000) }
        try #require(condition(), "\(what) did not happen")
    }

    private func record(_ ids: ClosedRange<Int64>, in fixture: AuditFixture) throws {
        for id in ids { try fixture.trail.record(AuditFixture.event(id)) }
    }

    @Test("batched: everything is written by itself, in order, and once")
    func batched() throws {
        let fixture = try AuditFixture(.batched)
        try #require(fixture.trail.start())
        try record(1...700, in: fixture)
        try wait("writing") { fixture.sink.events.count == 700 }
        #expect(fixture.sink.events.map(\.id) == Array(1...700))
        #expect(fixture.sink.attempts < 100, "in batches")
        #expect(fixture.metrics.written.value == 700)
        try record(701...701, in: fixture)
        try wait("writing of a single event") { fixture.sink.events.count == 701 }
        fixture.trail.stop()
        #expect(fixture.lines.all == [])
    }

    @Test("batched: what waits when the server ends is written")
    func flush() throws {
        let fixture = try AuditFixture(.batched)
        try #require(fixture.trail.start())
        try record(1...50, in: fixture)
        fixture.trail.stop()
        #expect(fixture.sink.events.map(\.id) == Array(1...50))
        #expect(fixture.metrics.dropped.value == 0)
    }

    @Test("batched: events that find no room are counted and told, and the others are written")
    func overflow() throws {
        let fixture = try AuditFixture(.batched, capacity: 10)
        try record(1...25, in: fixture)
        #expect(fixture.metrics.dropped.value == 15)
        #expect(fixture.lines.all.count == 1, "told at once, and then at intervals")
        #expect(fixture.lines.all.first?.contains("error: Audit records were lost") == true)
        try #require(fixture.trail.start())
        fixture.trail.stop()
        #expect(fixture.sink.events.map(\.id) == Array(1...10))
        #expect(fixture.lines.all.count == 2, "the rest is told at the end")
        let told = fixture.lines.all.compactMap { line in line.firstMatch(of: /"count": (\d+)/)?.1 }.compactMap {
            Int($0)
        }
        #expect(told.reduce(0, +) == 15, "\(fixture.lines.all)")
    }

    @Test("batched: a queue is bounded by what events hold, not only by their number")
    func weight() throws {
        let fixture = try AuditFixture(.batched, capacity: 100)
        let long = String(repeating: "a", count: 30_000)
        for id in 1...10 { try fixture.trail.record(AuditFixture.event(Int64(id), paths: [long])) }
        #expect(fixture.metrics.dropped.value == 9)
    }

    @Test("batched: while the database is away events wait, and are written when it is back")
    func outage() throws {
        let fixture = try AuditFixture(.batched, capacity: 20)
        fixture.sink.fail(.connectionFailed)
        try #require(fixture.trail.start())
        try record(1...10, in: fixture)
        try wait("a failure") { fixture.metrics.writeFailures.value >= 2 }
        try record(11...30, in: fixture)
        #expect(fixture.metrics.dropped.value == 10, "what is taken and not written still counts")
        fixture.sink.fail(nil)
        try wait("writing") { fixture.sink.events.count == 20 }
        #expect(fixture.sink.events.map(\.id) == Array(1...20))
        let failures = fixture.lines.all.filter { $0.contains("cannot be written") }
        #expect(failures.count == 1, "one outage is told once: \(failures)")
        try record(31...50, in: fixture)
        try wait("writing again") { fixture.sink.events.count == 40 }
        fixture.trail.stop()
    }

    @Test("batched: an event that the database never takes does not hold up the others")
    func poison() throws {
        let fixture = try AuditFixture(.batched)
        fixture.sink.refuse { $0.id == 7 }
        try record(1...20, in: fixture)
        try #require(fixture.trail.start())
        fixture.trail.stop()
        #expect(fixture.sink.events.map(\.id) == (1...20).filter { $0 != 7 })
        #expect(fixture.metrics.dropped.value == 1)
    }

    @Test("batched: what cannot be written before the end is counted as lost")
    func endWithoutDatabase() throws {
        let fixture = try AuditFixture(.batched)
        fixture.sink.fail(.connectionFailed)
        try record(1...5, in: fixture)
        try #require(fixture.trail.start())
        fixture.trail.stop()
        #expect(fixture.metrics.dropped.value == 5)
        #expect(fixture.lines.all.last?.contains("the server ended") == true)
        try record(6...6, in: fixture)
        #expect(fixture.metrics.dropped.value == 6, "after the end nobody would write it")
    }

    @Test("strict: the event is written before the call returns")
    func strict() throws {
        let fixture = try AuditFixture(.strict)
        try record(1...3, in: fixture)
        #expect(fixture.sink.events.map(\.id) == [1, 2, 3])
        #expect(fixture.metrics.written.value == 3)
    }

    @Test(
        "strict: whatever keeps an event from being written is 503",
        arguments: [
            PostgresError.Code.connectionFailed, .poolTimeout, .server(.undefinedTable), .server(.checkViolation),
            .server(.queryCanceled), .encoding,
        ]
    )
    func strictFailure(code: PostgresError.Code) throws {
        let fixture = try AuditFixture(.strict)
        fixture.sink.fail(code)
        let error = #expect(throws: RequestFailure.self) { try record(1...1, in: fixture) }
        #expect(error.map { ErrorResponse($0).status } == 503)
        #expect(fixture.metrics.writeFailures.value == 1)
    }

    @Test("off: nothing is recorded")
    func off() throws {
        let fixture = try AuditFixture(.off)
        try #require(fixture.trail.start())
        try record(1...3, in: fixture)
        fixture.trail.recordCommitted(AuditFixture.event(4))
        fixture.trail.stop()
        #expect(fixture.sink.attempts == 0)
        #expect(!fixture.trail.isOn)
    }

    @Test(
        "what is past its retention is removed batch by batch, in any mode",
        arguments: [AuditTrail.Mode.off, .batched, .strict]
    )
    func retention(mode: AuditTrail.Mode) throws {
        let fixture = try AuditFixture(mode)
        try #require(fixture.trail.start())
        try wait("the removal") { fixture.sink.removals.count == 3 }
        fixture.trail.stop()
        #expect(fixture.metrics.removed.value == UInt64(2 * AuditWriter.removalBatch))
        #expect(Set(fixture.sink.removals) == [AuditWriter.removalBatch])
    }

    @Test("events have numbers that differ, and that JSON can hold")
    func numbers() throws {
        let fixture = try AuditFixture(.off)
        let numbers = (0..<1000).map { _ in fixture.trail.makeID() }
        #expect(Set(numbers).count == 1000)
        #expect(numbers.allSatisfy { $0 > 0 && $0 < 1 << 53 })
    }
}
