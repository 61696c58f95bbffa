import ContentStore
import Foundation
import Glibc
import Testing
import ZipArchive

@testable import ArtifactsAPI
@testable import FastCGI

@Suite("The two forms of deflated files, and ranges of large ones")
struct MemberFormTests {
    private typealias Member = ZipFile.Member

    private static let log = Array((0..<2000).map { "line \($0)\n" }.joined().utf8)
    private static let gzip = [(name: "Accept-Encoding", value: "gzip, deflate")]

    private static func stored() throws -> StoredArchive {
        try StoredArchive([
            Member("packed.log", log).with { $0.isDeflated = true }, Member("plain.log", log),
            Member("empty.log").with { $0.isDeflated = true },
        ])
    }

    /// The entity tags of a file's plain and gzip forms.
    private static func tags(_ stored: StoredArchive) throws -> (plain: String, gzip: String) {
        let plain = try #require(try stored.send("packed.log", method: "HEAD").values("ETag").first)
        return (plain, String(plain.dropLast()) + "-gzip\"")
    }

    @Test(
        "a client that accepts gzip gets the stored bytes between a header and a trailer",
        arguments: ["packed", "empty"]
    )
    func passThrough(name: String) throws {
        let stored = try Self.stored()
        let plain = try stored.send("\(name).log").body
        let sent = try stored.send("\(name).log", .textIsPlain, fields: Self.gzip)
        #expect(sent.lines.first == "Status: 200 OK")
        #expect(sent.values("Content-Encoding") == ["gzip"])
        #expect(sent.values("Vary") == ["Accept-Encoding"])
        #expect(sent.values("Content-Length") == ["\(sent.body.count)"])
        #expect(sent.values("Accept-Ranges").isEmpty)
        #expect(sent.values("Content-Type") == ["text/plain; charset=utf-8"])
        let start: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        #expect(Array(sent.body.prefix(10)) == start)
        let size: [UInt8] = [UInt8(plain.count & 0xFF), UInt8(plain.count >> 8), 0, 0]
        #expect(Array(sent.body.suffix(4)) == size)
        let head = try stored.send("\(name).log", .textIsPlain, method: "HEAD", fields: Self.gzip)
        #expect(head.header == sent.header)
        #expect(head.body.isEmpty)
    }

    @Test("a range, another coding and a stored file are plain; only deflated files vary")
    func plain() throws {
        let stored = try Self.stored()
        let range = try stored.send("packed.log", fields: Self.gzip + [("Range", "bytes=5-9")])
        #expect(range.lines.first == "Status: 206 Partial Content")
        #expect(range.body == Array(Self.log[5..<10]))
        for fields in [[], [(name: "Accept-Encoding", value: "br, gzip;q=0")], Self.gzip + [("Range", "lines=1-2")]] {
            let sent = try stored.send("packed.log", fields: fields)
            #expect(sent.values("Content-Encoding").isEmpty)
            #expect(sent.values("Vary") == ["Accept-Encoding"])
            #expect(sent.values("Accept-Ranges") == ["bytes"])
            #expect(sent.body == Self.log)
        }
        let whole = try stored.send("plain.log", fields: Self.gzip)
        #expect(whole.body == Self.log)
        #expect(whole.values("Vary").isEmpty && whole.values("Content-Encoding").isEmpty)
        // HEAD has no range (RFC 9110 §14.2), so it tells of what GET without one would be.
        let head = try stored.send("packed.log", method: "HEAD", fields: Self.gzip + [("Range", "bytes=5-9")])
        #expect(try head.header == stored.send("packed.log", fields: Self.gzip).header)
    }

    @Test("If-None-Match knows either form, If-Match and If-Range the one that is asked for")
    func conditions() throws {
        let stored = try Self.stored()
        let tags = try Self.tags(stored)
        for accept in [[], Self.gzip] {
            for tag in [tags.plain, tags.gzip, "W/\(tags.gzip)", "\"x\", \(tags.plain)", "*"] {
                let sent = try stored.send("packed.log", fields: accept + [("If-None-Match", tag)])
                #expect(sent.lines.first == "Status: 304 Not Modified", "\(tag)")
                #expect(sent.values("Vary") == ["Accept-Encoding"])
                let expected = accept.isEmpty ? tags.plain : tags.gzip
                #expect(sent.values("ETag") == [expected])
            }
            for (tag, isGzip) in [(tags.plain, false), (tags.gzip, true)] {
                let sent = try stored.send("packed.log", fields: accept + [("If-Match", tag)])
                let status = accept.isEmpty != isGzip ? "Status: 200 OK" : "Status: 412 Precondition Failed"
                #expect(sent.lines.first == status, "\(tag)")
            }
        }
        let resumed = try stored.send(
            "packed.log",
            fields: Self.gzip + [("Range", "bytes=5-9"), ("If-Range", tags.plain)]
        )
        #expect(resumed.body == Array(Self.log[5..<10]))
        let mixed = try stored.send(
            "packed.log",
            fields: Self.gzip + [("Range", "bytes=5-9"), ("If-Range", tags.gzip)]
        )
        #expect(mixed.lines.first == "Status: 200 OK")
        #expect(mixed.body == Self.log)
        let other = try stored.send("plain.log", fields: [("If-None-Match", tags.gzip)])
        #expect(other.lines.first == "Status: 200 OK", "a stored file has no other form")
    }

    @Test("a deflated file that cannot be read has no gzip form either")
    func unreadable() throws {
        let stored = try StoredArchive([
            Member("encrypted", "hello").with {
                $0.isDeflated = true
                $0.flags = 1
            },
            Member("headless", "hello").with {
                $0.isDeflated = true
                $0.hasLocalHeader = false
            },
        ])
        for (path, status) in [("encrypted", "422 Unprocessable Content"), ("headless", "500 Internal Server Error")] {
            let sent = try stored.send(path, fields: Self.gzip)
            #expect(sent.lines.first == "Status: \(status)")
            #expect(sent.values("Content-Encoding").isEmpty)
        }
    }

    @Test("whether a file is text is decided once", arguments: [false, true])
    func decidedOnce(isDeflated: Bool) throws {
        let stored = try StoredArchive([Member("a.png", Self.log).with { $0.isDeflated = isDeflated }])
        let plain = ["text/plain; charset=utf-8"]
        #expect(try stored.send("a.png", .textIsPlain, method: "HEAD").values("Content-Type") == plain)
        // What is in a store never changes; a decision made anew would be another one.
        try stored.overwrite([UInt8](repeating: 0, count: 600), at: 30 + 5 + 5)
        let range = [(name: "Range", value: "bytes=5000-5009")]
        #expect(try stored.send("a.png", .textIsPlain, fields: range).values("Content-Type") == plain)
        #expect(try stored.send("a.png", .byExtension, fields: range).values("Content-Type") == ["image/png"])
        let fresh = stored.withAnotherEndpoint()
        #expect(try fresh.send("a.png", .textIsPlain, fields: range).values("Content-Type") == ["image/png"])
    }

    // MARK: Large files

    private static let large = (0..<(17 << 12)).reduce(into: [UInt8]()) { bytes, run in
        bytes += [UInt8](repeating: UInt8(truncatingIfNeeded: run ^ run >> 8), count: 256)
    }

    private static func storedLarge() throws -> StoredArchive {
        try StoredArchive([Member("big.bin", large).with { $0.isDeflated = true }])
    }

    private static func part(_ first: Int) -> [UInt8] { Array(large[first..<first + 10]) }

    @Test("a range of a large file leaves access points behind, and several ranges are right in any order")
    func points() throws {
        let stored = try Self.storedLarge()
        let path = stored.path + ".points"
        for round in 0..<2 {
            let last = try stored.send("big.bin", fields: [("Range", "bytes=17000000-17000009")])
            #expect(last.body == Self.part(17_000_000), "round \(round)")
            #expect(FileManager.default.fileExists(atPath: path))
        }
        let firsts = [16_000_000, 3, 9_000_000, 17_000_000, 4_194_304, 12_345_678]
        let value = "bytes=" + firsts.map { "\($0)-\($0 + 9)" }.joined(separator: ",")
        for _ in 0..<2 {
            let several = try stored.send("big.bin", fields: [("Range", value)])
            #expect(several.failure == nil)
            var rest = several.body[...]
            for first in firsts {
                let head = Array("bytes \(first)-\(first + 9)/\(Self.large.count)\r\n\r\n".utf8)
                let place = rest.indices.first { rest[$0...].starts(with: head) }
                let start = try #require(place, "\(first)") + head.count
                #expect(Array(rest[start..<start + 10]) == Self.part(first), "\(first)")
                rest = rest[(start + 10)...]
            }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    @Test("while bytes are skipped, a client that has left is noticed")
    func clientGone() throws {
        let stored = try Self.storedLarge()
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        close(ends[1])
        defer { close(ends[0]) }
        let exchange = Exchange()
        exchange.writer.begin(ends[0], requestID: 1)
        let request = try makeRequest(fields: [("Range", "bytes=17000000-17000009")])
        let failure = BufferPool().withBuffers { buffers -> TransferError? in
            let answer = stored.answer("big.bin", .byExtension, request, buffers)
            do throws(TransferError) {
                guard case .stream(let source, let window) = answer.body else { return nil }
                try source.send(window, to: exchange)
                return nil
            } catch {
                return error
            }
        }
        guard case .exchange(.clientGone) = failure else {
            Issue.record("the transfer went on: \(String(describing: failure))")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: stored.path + ".points"), "it was inflated to the end")
    }

    @Test("one request at a time gathers the points of a file, and its turn ends with it")
    func turns() throws {
        let stored = try Self.storedLarge()
        let path = try #require(MemberPath(Array("big.bin".utf8)))
        let member = try #require(try stored.store.openIndex(stored.archive.content).lookup(path))
        let turns = GatheringTurns()
        do {
            let first = turns.take(member, of: stored.archive.content)
            #expect(first != nil)
            #expect(turns.take(member, of: stored.archive.content) == nil)
            withExtendedLifetime(first) {}
        }
        #expect(turns.take(member, of: stored.archive.content) != nil)
    }
}
