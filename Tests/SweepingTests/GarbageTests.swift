import ArtifactsPostgres
import ContentStore
import Cryptography
import Foundation
import Postgres
import Sweeping
import TestSupport
import Testing

@Suite("The garbage collector")
struct GarbageTests {
    private let world: World

    init() throws { world = try World() }

    private func collect(
        grace: Int64 = 0,
        deletes: Bool = false
    ) throws -> (report: GarbageReport, findings: [GarbageFinding]) {
        var findings: [GarbageFinding] = []
        let collector = GarbageCollector(pool: world.pool, store: world.store, grace: grace, deletes: deletes) {
            findings.append($0)
        }
        return (try collector.run(), findings)
    }

    /// A content whose row was lost, as a crash between file and commit leaves it.
    private func loseRow(_ text: String) throws -> Int64 {
        let id = try world.add(10001, text)
        try world.pool.query("DELETE FROM artifacts WHERE content_id = \(id)")
        try world.pool.query("DELETE FROM contents WHERE id = \(id)")
        try world.execute("DELETE FROM content_releases")
        return id
    }

    @Test("finds nothing where nothing is wrong, and leaves rows of every state alone")
    func nothing() throws {
        try world.add(10001, "expired")
        try world.add(10002, "live", expiry: "NULL::timestamptz")
        #expect(try collect(deletes: true).findings == [])
        _ = try world.sweeper(delay: 3600).pass()
        #expect(try collect(deletes: true).findings == [], "a released content waits for its time")
        try world.execute("UPDATE contents SET removing_at = now() WHERE NOT EXISTS (SELECT 1 FROM artifacts)")
        #expect(try collect(deletes: true).findings == [])
        #expect(world.files().count == 2)
    }

    @Test("finds a file without a row, removes it when told, and only when it is old enough")
    func withoutRow() throws {
        let id = try loseRow("lost row")
        try world.add(10002, "live", expiry: "NULL::timestamptz")
        #expect(try collect(grace: 3600).findings == [])
        let found = try collect()
        #expect(found.report.withoutRow.count == 1)
        #expect(found.report.withoutRow.bytes == 8)
        guard case .withoutRow(let content, bytes: 8) = found.findings.first else {
            Issue.record("\(found.findings)")
            return
        }
        #expect(content.id == id)
        #expect(world.files().count == 2, "a dry run removes nothing")
        #expect(try collect(deletes: true).report.removed == 1)
        #expect(world.files().count == 1)
        #expect(try world.number("SELECT count(*) FROM contents") == 1)
        #expect(try collect().findings == [])
        #expect(try world.faults() == [])
    }

    @Test("finds what is left beside a content that is gone")
    func sidecar() throws {
        _ = try loseRow("lost row")
        let file = try #require(world.files().first)
        try FileManager.default.moveItem(atPath: world.path(file), toPath: world.path(file) + ".index")
        #expect(try collect(deletes: true).report.removed == 1)
        #expect(world.files() == [])
    }

    @Test("never removes the file of a transaction that has not ended")
    func inFlight() throws {
        let other = try Connection(conninfo: world.conninfo)
        try other.execute("BEGIN")
        _ = try world.add(10001, "text", expiry: "NULL::timestamptz", in: other)
        let report = try collect(deletes: true).report
        #expect(report.withoutRow.count == 1)
        #expect(report.inUse == 1)
        #expect(report.removed == 0)
        #expect(world.files().count == 1)
        try other.execute("COMMIT")
        #expect(try collect(deletes: true).findings == [])
        #expect(try world.faults() == [])
    }

    @Test("removes a file whose number was never given out, as after restoring a backup")
    func restored() throws {
        _ = try loseRow("newer than the backup")
        try world.execute("ALTER SEQUENCE contents_id_seq RESTART")
        #expect(try collect(deletes: true).report.removed == 1)
        #expect(world.files() == [])
        #expect(try world.add(10001, "first", expiry: "NULL::timestamptz") == 1)
    }

    @Test("removes a file whose number belongs to other bytes")
    func otherBytes() throws {
        let id = try world.add(10001, "live", expiry: "NULL::timestamptz")
        let digest = try SHA256Digest(hashing: Array("text".utf8))
        let stray = ContentReference(id: id, digest: digest).relativePath
        let directory = world.path("contents/\(stray.prefix(5))")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: world.path("contents/\(stray)"), contents: Data("text".utf8)))
        #expect(try collect(deletes: true).report.removed == 1)
        #expect(world.files().count == 1)
        #expect(try world.faults() == [])
    }

    @Test("goes on with a removal that was cut short")
    func cutShort() throws {
        let id = try loseRow("lost row")
        let digest = try #require(world.store.list(world.store.directories()[0]).contents.first).reference.digest
        try world.pool.query(
            """
            INSERT INTO contents (id, sha256, size, indexed, removing_at) OVERRIDING SYSTEM VALUE
            VALUES (\(id), \(digest.bytes), 8, false, now() - interval '1 minute')
            """
        )
        #expect(try world.sweeper().pass().removed.rows == 1)
        #expect(world.files() == [])
    }

    @Test("finds contents that nothing uses, and queues them")
    func unused() throws {
        try world.add(10001, "text")
        try world.execute("DELETE FROM artifacts; DELETE FROM content_releases")
        #expect(try collect(grace: 3600).findings == [])
        #expect(try collect().report.unused.count == 1)
        #expect(try collect(deletes: true).report.removed == 1)
        #expect(try world.sweeper().pass().removed.rows == 1)
        #expect(world.files() == [])
    }

    @Test("tells of rows whose file is missing, and of files that it does not know")
    func lost() throws {
        try world.add(10001, "text", expiry: "NULL::timestamptz")
        try world.add(10002, "other", expiry: "NULL::timestamptz")
        let file = try #require(world.files().first)
        try FileManager.default.moveItem(atPath: world.path(file), toPath: world.path(file) + "x")
        let found = try collect(deletes: true)
        #expect(found.report.lost == 1)
        #expect(found.report.foreign == 1)
        #expect(found.report.removed == 0)
        #expect(world.files().count == 2)
    }
}
