import Artifacts
import ArtifactsPostgres
import HTTPSemantics
import Testing

@testable import ArtifactsAPI
@testable import Postgres

@Suite("What the audit trail tells of a download")
struct AuditRecorderTests {
    private let fixture: AuditFixture
    private let recorder: AuditRecorder
    private let stored: StoredArchive

    init() throws {
        fixture = try AuditFixture(.strict)
        recorder = AuditRecorder(trail: fixture.trail, trustedProxies: [try #require(IPNetwork("10.0.0.0/8"))])
        stored = try StoredArchive([ZipFile.Member("a.txt", Array("hello".utf8))])
    }

    private func events(
        _ method: String = "GET",
        peer: String = "192.0.2.1",
        fields: [(name: String, value: String)] = []
    ) throws -> [AuditEvent] {
        let request = try makeRequest(method: method, fields: fields, parameters: ["REMOTE_ADDR": peer])
        _ = try recorder.download(stored.answer(request), of: stored.archive, paths: ["a.txt"], request)
        return fixture.sink.events
    }

    private var digest: [UInt8] { stored.archive.row.content.digest }

    @Test("who, what, from where and how")
    func content() throws {
        let events = try events()
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.action == .download)
        #expect(event.actor == AuditActor())
        #expect((event.projectID, event.projectPath, event.jobID) == (1, "g/p", 42))
        #expect(event.subject == AuditSubject(fileType: "archive", paths: ["a.txt"], digest: digest))
        #expect((event.delivery, event.status) == (.accel, 200))
        #expect((event.address, event.requestID) == ("192.0.2.1", "test"))
        #expect(event.createdAt > 1_700_000_000_000_000)
    }

    @Test(
        "each answer with stored bytes is recorded, by who sends them, and no other answer",
        arguments: [
            ("GET", [], .accel, 200), ("GET", [("Range", "bytes=0-1")], .accel, 200),
            ("GET", [("Range", "bytes=0-1,3-4")], .worker, 206), ("GET", [("If-Match", "*")], .worker, 200),
            ("GET", [("If-None-Match", "*")], nil, 304), ("GET", [("If-Match", "\"x\"")], nil, 412),
            ("GET", [("Range", "bytes=99999-")], nil, 416), ("HEAD", [], nil, 200),
        ] as [(String, [(name: String, value: String)], AuditDelivery?, Int)]
    )
    func answers(method: String, fields: [(name: String, value: String)], delivery: AuditDelivery?, status: Int) throws
    {
        let events = try events(method, fields: fields)
        #expect(events.map(\.delivery) == (delivery.map { [$0] } ?? []))
        #expect(events.allSatisfy { $0.status == status })
    }

    @Test(
        "the address is the client's; only proxies that are trusted are believed",
        arguments: [
            ("192.0.2.1", nil, "192.0.2.1"), ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"), ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "x", "10.0.0.1"), ("10.0.0.1", nil, "10.0.0.1"), ("unix:", "203.0.113.9", nil),
            ("::ffff:192.0.2.1", nil, "192.0.2.1"),
        ] as [(String, String?, String?)]
    )
    func address(peer: String, forwarded: String?, address: String?) throws {
        let events = try events(peer: peer, fields: forwarded.map { [("X-Forwarded-For", $0)] } ?? [])
        #expect(events.map(\.address) == [address])
    }

    @Test("what cannot be recorded is not answered")
    func refusal() throws {
        fixture.sink.fail(.server(.undefinedTable))
        #expect(throws: RequestFailure.unavailable(cause: "")) { try events() }
    }
}
