import Cryptography
import Foundation
import TestSupport
import Testing
import ZipArchive

@testable import ContentStore

@Suite("Content in its place")
struct PlacementTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    @Test("a store lays itself out, once")
    func layout() throws {
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.directory.path).sorted() == ["contents", "tmp"]
        )
        #expect(try fixture.mode("contents") == 0o750)
        #expect(try fixture.mode("tmp") == 0o750)
        let content = try fixture.place(zip)
        let again = try ContentStore(root: fixture.directory.path)
        #expect(try bytes(of: again.open(content)) == zip)
    }

    @Test("a store without a directory is refused")
    func noRoot() {
        #expect(throws: ContentStoreError.self) { try ContentStore(root: "/nonexistent/store") }
    }

    @Test("two levels of directories lead to the file, its name ends in the row's number")
    func sharding() throws {
        let content = try fixture.place(zip, id: 42)
        let hex = content.digest.hex
        let path = "\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex).42"
        #expect(content.relativePath == path)
        #expect(content.description == "\(hex).42")
        #expect(try fixture.files("contents") == [path, path + ".index"])
        #expect(try fixture.files("tmp") == [])
        for directory in [hex.prefix(2), path.prefix(5)] {
            #expect(try fixture.mode("contents/\(directory)") == 0o750)
        }
        let umask = umask(0)
        _ = Glibc.umask(umask)
        for file in [path, path + ".index"] {
            #expect(try fixture.mode("contents/\(file)") == 0o640 & ~Int(umask))
        }
    }

    @Test(
        "the bytes are those that came in",
        arguments: [[], [0], [UInt8](repeating: 0xFF, count: 100_000)] as [[UInt8]]
    )
    func roundTrip(content: [UInt8]) throws {
        let reference = try fixture.place(content, as: .opaque)
        #expect(try bytes(of: fixture.store.open(reference)) == content)
        #expect(try fixture.files("contents").count == 1)
    }

    @Test("the same bytes of two rows are two files")
    func twoRows() throws {
        let first = try fixture.place(zip, id: 1)
        let second = try fixture.place(zip, id: 2)
        try fixture.store.remove(first)
        #expect(throws: ContentStoreError.missing(first)) { try fixture.store.open(first) }
        #expect(try bytes(of: fixture.store.open(second)) == zip)
        _ = try fixture.store.openIndex(second)
    }

    @Test("a symbolic link among the directories is not followed")
    func symbolicLink() throws {
        let staged = try fixture.stage(zip)
        let elsewhere = try TemporaryDirectory()
        let link = "\(fixture.directory.path)/contents/\(staged.digest.hex.prefix(2))"
        #expect(symlink(elsewhere.path, link) == 0)
        #expect(throws: ContentStoreError.self) { try staged.place(contentID: 1) }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: elsewhere.path) == [])
    }

    @Test("an index is placed beside content that came in as no zip")
    func lateIndex() throws {
        let content = try fixture.place(zip, id: 1, as: .opaque)
        #expect(throws: ContentStoreError.missing(content)) { try fixture.store.openIndex(content) }
        try fixture.stage(zip).placeIndex(contentID: 1)
        _ = try fixture.store.openIndex(content)
        #expect(try bytes(of: fixture.store.open(content)) == zip)
        #expect(try fixture.files("tmp") == [])
    }

    @Test("content is taken out of its place again when its row was rolled back")
    func unplace() throws {
        let staged = try fixture.stage(zip)
        try staged.place(contentID: 1)
        staged.unplace()
        #expect(try fixture.files("contents") == [])
        staged.unplace()
        #expect(try fixture.files("tmp") == [])
    }

    @Test("content in place stays when the staged one is let go of")
    func staysPlaced() throws {
        let content = try fixture.place(zip)
        #expect(try bytes(of: fixture.store.open(content)) == zip)
    }

    @Test("a place that cannot be reached leaves nothing half done")
    func unreachable() throws {
        let staged = try fixture.stage(zip)
        try fixture.directory.write("contents/\(staged.digest.hex.prefix(2))", "in the way")
        #expect(throws: ContentStoreError.self) { try staged.place(contentID: 1) }
        #expect(try fixture.files("contents").count == 1)
    }

    @Test("removing twice is fine, and what is open stays readable")
    func remove() throws {
        let content = try fixture.place(zip)
        let file = try fixture.store.open(content)
        try fixture.store.remove(content)
        try fixture.store.remove(content)
        #expect(try fixture.files("contents") == [])
        #expect(try bytes(of: file) == zip)
    }

    @Test("what is not there is missing, index and all")
    func missing() throws {
        let content = ContentReference(id: 9, digest: try SHA256Digest(hashing: "nothing"))
        #expect(throws: ContentStoreError.missing(content)) { try fixture.store.open(content) }
        #expect(throws: ContentStoreError.missing(content)) { try fixture.store.openIndex(content) }
        #expect(ContentStoreError.missing(content).description == "content \(content) is missing")
    }

    @Test("the index of another content, and a damaged one, are refused")
    func foreignIndex() throws {
        let content = try fixture.place(zip)
        let other = ContentReference(id: 2, digest: try SHA256Digest(hashing: "other"))
        let target = fixture.store.indexPath(of: other)
        _ = try fixture.store.makeDirectories(for: other)
        try FileManager.default.copyItem(atPath: fixture.store.indexPath(of: content), toPath: target)
        #expect(throws: ContentStoreError.damagedIndex(other, .notAnIndex)) { try fixture.store.openIndex(other) }
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: target))
        #expect(throws: ContentStoreError.self) { try fixture.store.openIndex(other) }
        _ = try fixture.store.openIndex(content)
    }

    @Test("a store that can be written to says so, and one that is gone does not")
    func writable() throws {
        try fixture.store.checkWritable()
        try FileManager.default.removeItem(atPath: "\(fixture.directory.path)/tmp")
        #expect(throws: ContentStoreError.self) { try fixture.store.checkWritable() }
        #expect(throws: ContentStoreError.self) { try fixture.stage(zip) }
    }
}
