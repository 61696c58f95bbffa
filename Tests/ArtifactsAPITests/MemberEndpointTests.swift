import ContentStore
import Cryptography
import Testing

@testable import ArtifactsAPI

@Suite("Single files")
struct MemberEndpointTests {
    private typealias Member = ZipFile.Member

    @Test(
        "the content type follows the extension, or for the latest job the text",
        arguments: [
            ("a.txt", "text", "text/plain; charset=utf-8", "text/plain; charset=utf-8"),
            ("page.html", "<p>", "text/html; charset=utf-8", "text/plain; charset=utf-8"),
            ("data.json", "{}", "application/json", "text/plain; charset=utf-8"),
            ("icon.svg", "<svg/>", "image/svg+xml", "text/plain; charset=utf-8"),
            ("noext", "text", "application/octet-stream", "text/plain; charset=utf-8"),
            ("image.png", "\u{1}PNG", "image/png", "image/png"),
            ("blob", "\0\0\0\0", "application/octet-stream", "application/octet-stream"),
            ("empty.html", "", "text/html; charset=utf-8", "text/html; charset=utf-8"),
            ("empty", "", "application/octet-stream", "application/octet-stream"),
            (
                "late.png", String(repeating: "a", count: 512) + "\0", "image/png", "text/plain; charset=utf-8"
            ),
            ("early.png", String(repeating: "a", count: 511) + "\0", "image/png", "image/png"),
        ]
    )
    func contentType(name: String, text: String, byExtension: String, byContent: String) throws {
        for isDeflated in [false, true] {
            let stored = try StoredArchive([Member(name, text).with { $0.isDeflated = isDeflated }])
            for method in ["GET", "HEAD"] {
                #expect(try stored.send(name, .byExtension, method: method).values("Content-Type") == [byExtension])
                #expect(try stored.send(name, .textIsPlain, method: method).values("Content-Type") == [byContent])
            }
            guard !text.isEmpty else { continue }
            let range = [(name: "Range", value: "bytes=0-0")]
            #expect(try stored.send(name, .byExtension, fields: range).values("Content-Type") == [byExtension])
            #expect(try stored.send(name, .textIsPlain, fields: range).values("Content-Type") == [byContent])
        }
    }

    @Test("a file is sent with its fields, and HEAD has the same", arguments: [false, true])
    func whole(isDeflated: Bool) throws {
        let stored = try StoredArchive([Member("dir/a b.txt", "hello").with { $0.isDeflated = isDeflated }])
        let get = try stored.send("dir%2Fa%20b.txt")
        let digest = stored.archive.content.digest.hex
        #expect(
            get.lines == [
                "Status: 200 OK",
                "X-Content-Type-Options: nosniff",
                "X-Frame-Options: SAMEORIGIN",
                "X-Request-Id: test",
                #"Content-Disposition: attachment; filename="a b.txt""#,
                "Content-Security-Policy: sandbox; default-src 'none'",
                "Cache-Control: private, no-cache",
                "ETag: \"\(try SHA256Digest(hashing: "\(digest):dir/a b.txt").hex)\"",
                "Last-Modified: \(StoredArchive.lastModified)",
            ] + (isDeflated ? ["Vary: Accept-Encoding"] : []) + [
                "Content-Type: text/plain; charset=utf-8",
                "Accept-Ranges: bytes",
                "Content-Length: 5",
            ]
        )
        #expect(get.body == Array("hello".utf8))
        let head = try stored.send("dir/a%20b.txt", method: "HEAD", fields: [("Range", "bytes=1-2")])
        #expect(head.header == get.header)
        #expect(head.body.isEmpty)
    }

    @Test("a range of a file, and several, are what they announce", arguments: [false, true])
    func ranges(isDeflated: Bool) throws {
        let stored = try StoredArchive([Member("a.txt", "0123456789").with { $0.isDeflated = isDeflated }])
        let single = try stored.send("a.txt", fields: [("Range", "bytes=2-4")])
        #expect(single.lines.first == "Status: 206 Partial Content")
        #expect(single.values("Content-Range") == ["bytes 2-4/10"])
        #expect(single.values("Content-Length") == ["3"])
        #expect(String(decoding: single.body, as: UTF8.self) == "234")
        let several = try stored.send("a.txt", fields: [("Range", "bytes=-1,0-0")])
        #expect(several.values("Content-Length") == ["\(several.body.count)"])
        #expect(several.failure == nil)
        let unsatisfiable = try stored.send("a.txt", fields: [("Range", "bytes=10-")])
        #expect(unsatisfiable.values("Content-Range") == ["bytes */10"])
    }

    @Test("an empty file is sent, and a suffix of it is the whole")
    func empty() throws {
        let stored = try StoredArchive([Member("empty.txt")])
        for fields in [[], [(name: "Range", value: "bytes=-5")]] {
            let sent = try stored.send("empty.txt", fields: fields)
            #expect(sent.lines.first == "Status: 200 OK")
            #expect(sent.values("Content-Length") == ["0"])
            #expect(sent.body.isEmpty)
            #expect(sent.failure == nil)
        }
        #expect(try stored.send("empty.txt", fields: [("Range", "bytes=0-")]).values("Content-Range") == ["bytes */0"])
    }

    @Test("of duplicate names the last wins, and a symbolic link is its text")
    func names() throws {
        let stored = try StoredArchive([
            Member("twice", "first"), Member("link", "/etc/passwd").with { $0.mode = 0o120777 },
            Member("twice", "last"),
            Member("a+b", "plus"), Member("é", "accent"),
        ])
        #expect(try stored.send("twice").body == Array("last".utf8))
        #expect(try stored.send("link").body == Array("/etc/passwd".utf8))
        #expect(try stored.send("a+b").body == Array("plus".utf8))
        #expect(try stored.send("%C3%A9").body == Array("accent".utf8))
    }

    @Test(
        "a directory or a missing file is 404 with the reason",
        arguments: ["dir", "implied", "missing", "dir/a/x", "DIR/a"]
    )
    func missing(path: String) throws {
        let stored = try StoredArchive([
            Member("dir/").with { $0.mode = 0o040755 }, Member("dir/a", "x"), Member("implied/b", "y"),
        ])
        let sent = try stored.send(path)
        #expect(sent.lines.first == "Status: 404 Not Found")
        #expect(sent.values("X-Artifact-Reason") == ["member_not_found"])
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"message":"404 Not Found"}"#)
    }

    @Test(
        "a path that no member can have is 400",
        arguments: [
            "", "/a", "a//b", "a/", "./a", "a/.", "../a", "a/../b", "%2E%2E/a", "a%2F%2Fb", "a%5Cb", "a%00b", "%FF",
            "%zz",
        ]
    )
    func invalid(path: String) throws {
        let sent = try StoredArchive([Member("a", "x")]).send(path)
        #expect(sent.lines.first == "Status: 400 Bad Request")
        #expect(String(decoding: sent.body, as: UTF8.self) == #"{"message":"400 Bad request"}"#)
    }

    /// Requests that would be 200, 304, 206 and 206 in two parts if the member could be read.
    static let requests: [[(name: String, value: String)]] = [
        [], [("If-None-Match", "*")], [("Range", "bytes=0-0")], [("Range", "bytes=0-0,2-")],
    ]

    @Test("a member that cannot be read is told so before conditions and ranges", arguments: requests)
    func unreadable(fields: [(name: String, value: String)]) throws {
        let stored = try StoredArchive([
            Member("encrypted", "hello").with { $0.flags = 1 },
            Member("zstd", "hello").with { $0.method = 93 },
            Member("headless", "hello").with { $0.hasLocalHeader = false },
            Member("huge", "hello").with {
                $0.isDeflated = true
                $0.uncompressedSize = UInt64(Int64.max)
            },
            Member("good", "hello"),
        ])
        let bodies = [
            "encrypted": #"{"message":"422 Encrypted members are not supported"}"#,
            "zstd": #"{"message":"422 Compression method 93 is not supported"}"#,
            "headless": #"{"message":"500 Archive is corrupt"}"#,
            "huge": #"{"message":"500 Archive is corrupt"}"#,
        ]
        for (path, body) in bodies {
            let sent = try stored.send(path, fields: fields)
            #expect(String(decoding: sent.body, as: UTF8.self) == body, "\(path)")
            #expect(try stored.send(path, method: "HEAD", fields: fields).lines.first == sent.lines.first, "\(path)")
        }
        #expect(try stored.send("good", fields: fields).failure == nil)
    }

    @Test("a small damaged file is 500 before the first byte, for HEAD too", arguments: ["GET", "HEAD"])
    func smallDamaged(method: String) throws {
        let stored = try StoredArchive([Member("a", "hello").with { $0.crc = 1 }])
        let sent = try stored.send("a", method: method)
        #expect(sent.lines.first == "Status: 500 Internal Server Error")
        #expect(sent.values("Content-Length") == ["36"])
    }

    @Test("a large damaged file is a transfer that ends before its announced length", arguments: [false, true])
    func largeDamaged(isDeflated: Bool) throws {
        let data = [UInt8](repeating: 0x61, count: 150_000)
        let stored = try StoredArchive([
            Member("bad", data).with {
                $0.crc = 1
                $0.isDeflated = isDeflated
            },
            Member("good", data).with { $0.isDeflated = isDeflated },
        ])
        let bad = try stored.send("bad")
        #expect(bad.values("Content-Length") == ["150000"])
        #expect(bad.body.count < 150_000)
        guard case .damaged = bad.failure else {
            Issue.record("the transfer was not broken off for damage: \(String(describing: bad.failure))")
            return
        }
        #expect(try stored.send("good").body == data)
    }

    @Test("a member's name cannot start another field")
    func injection() throws {
        let stored = try StoredArchive([Member("a\r\nSet-Cookie: b", "x")])
        let sent = try stored.send("a%0D%0ASet-Cookie:%20b")
        #expect(sent.lines.first == "Status: 200 OK")
        #expect(sent.values("Set-Cookie").isEmpty)
        #expect(sent.values("Content-Disposition") == [#"attachment; filename="aSet-Cookie: b""#])
    }
}
