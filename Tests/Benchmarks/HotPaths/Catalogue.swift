import ArtifactsAPI
import ArtifactsPostgres
import ContentStore
import Cryptography
import FastCGI
import HTTPSemantics
import Postgres
import ZipArchive

/// A path, by the name that its budget stands under.
struct HotPath: Sendable {
    let name: String
    let run: @Sendable (Archives, Int) throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (Archives, Int) throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// All paths: whole requests through a worker, with everything but the database's answer, then parts of them.
enum Catalogue {
    static let paths = requests + records + parts

    private static let requests = [
        read("request/archive", "artifacts", of: \.small, inlineBelow: 1 << 20),
        read("request/archive-accelerated", "artifacts", of: \.small),
        read("request/member-of-10", "artifacts/\(Archives.member)", of: \.small),
        read("request/member-of-50000", "artifacts/\(Archives.member)", of: \.large),
        read(
            "request/member-304",
            "artifacts/\(Archives.member)",
            of: \.small,
            ("HTTP_IF_MODIFIED_SINCE", "Tue, 14 Nov 2023 22:13:20 GMT"),
            status: "304"
        ),
        read(
            "request/member-range",
            "artifacts/\(Archives.member)",
            of: \.small,
            ("HTTP_RANGE", "bytes=1024-"),
            status: "206"
        ),
        read("request/tree", "artifacts/tree?path=output/reports&per_page=20", of: \.large),
        read("request/missing-member", "artifacts/output/absent.txt", of: \.small, status: "404"),
        HotPath("request/unknown-route") { archives, count in
            let server = try WebServer(archives.directory, Edge.handler(archives, archives.small, inlineBelow: 0))
            try server.ask(Edge.request("/api/v4/nothing"), count: count, status: "404")
        },
    ]

    private static let records = [
        HotPath("record/2KiB") { archives, count in
            let body = [UInt8](repeating: 0x61, count: 2048)
            try answer(archives, count) { exchange in
                try? exchange.sendHeader(header)
                try? exchange.send(body)
            }
        },
        HotPath("record/64KiB-block") { archives, count in
            try answer(archives, count) { exchange in
                try? exchange.sendHeader(header)
                try? exchange.flush()
                _ = try? exchange.sendBlock { (space) throws(ExchangeError) in space.count }
            }
        },
    ]

    private static let parts = [
        HotPath("index/10-members") { archives, count in try lookUp(archives, archives.small, count) },
        HotPath("index/50000-members") { archives, count in try lookUp(archives, archives.large, count) },
        HotPath("facts/decode-row") { archives, count in
            let row = try Facts.row(Facts.reading(archives.small))
            for _ in 0..<count { consume(try ReadFacts(row)) }
        },
        HotPath("facts/encode-binds") { archives, count in
            let buffer = ParameterBuffer()
            let digest = archives.small.content.digest.bytes
            for _ in 0..<count {
                let binds = AccessCatalog.binds(.id(7), digest, nil) + [.int8(1234), .text("archive")]
                try buffer.load(binds)
            }
        },
        HotPath("job/decode-row") { _, count in
            let row = try Facts.row(Facts.job)
            for _ in 0..<count { consume(try JobRecord(row)) }
        },
        HotPath("job/json") { _, count in
            let job = try JobRecord(Facts.row(Facts.job))
            for _ in 0..<count {
                var writer = JSONWriter(minimumCapacity: 2048)
                JobDocument.append(job, to: &writer, externalURL: Edge.externalURL)
                consume(writer.bytes.count)
            }
        },
        HotPath("conditions/entity-tags") { archives, count in
            let tag = EntityTag(archives.small.content.digest.hex)
            let validators = Validators(entityTag: tag, lastModified: 1_700_000_000)
            let conditions = Conditions(ifNoneMatch: "\"first\", W/\"second\", \(tag.fieldValue)")
            for _ in 0..<count { consume(conditions.evaluate(method: .get, validators: validators)) }
        },
        HotPath("conditions/date") { _, count in
            let validators = Validators(entityTag: EntityTag("tag"), lastModified: 1_700_000_000)
            let conditions = Conditions(ifModifiedSince: "Tue, 14 Nov 2023 22:13:20 GMT")
            for _ in 0..<count { consume(conditions.evaluate(method: .get, validators: validators)) }
        },
        HotPath("ranges/three") { _, count in
            let validators = Validators(entityTag: EntityTag("tag"), lastModified: 1_700_000_000)
            for _ in 0..<count {
                consume(
                    RangeRequest.evaluate(
                        range: "bytes=0-99, 500-999, -100",
                        ifRange: "\"tag\"",
                        method: .get,
                        size: 10_000,
                        validators: validators
                    )
                )
            }
        },
    ]

    private static let header = Array("Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2048\r\n\r\n".utf8)

    private static func read(
        _ name: String,
        _ target: String,
        of archive: @escaping @Sendable (Archives) -> Archives.Archive,
        inlineBelow: Int64 = 0,
        _ fields: (String, String)...,
        status: String = "200"
    ) -> HotPath {
        HotPath(name) { archives, count in
            let handler = try Edge.handler(archives, archive(archives), inlineBelow: inlineBelow)
            let request = Edge.request("/api/v4/projects/7/jobs/1234/\(target)") + fields
            try WebServer(archives.directory, handler).ask(request, count: count, status: status)
        }
    }

    private static func answer(
        _ archives: Archives,
        _ count: Int,
        _ body: @escaping @Sendable (Exchange) -> Void
    ) throws {
        try WebServer(archives.directory, Answering(body: body)).ask(Edge.request("/"), count: count, status: "200")
    }

    private static func lookUp(_ archives: Archives, _ archive: Archives.Archive, _ count: Int) throws {
        guard let path = MemberPath(Archives.member.utf8) else { throw Failure("no path") }
        for _ in 0..<count {
            guard let member = try archives.store.index(of: archive.content).lookup(path) else {
                throw Failure("no member")
            }
            consume(member.ordinal)
        }
    }
}

private struct Answering: RequestHandler {
    let body: @Sendable (Exchange) -> Void

    func handle(_ exchange: Exchange) { body(exchange) }
}
