import Cryptography
import Foundation
import Synchronization
import Testing
import ZipArchive

@testable import ContentStore

@Suite("Member indexes that are kept")
struct IndexCacheTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    @Test("an index that was asked for is kept, whatever becomes of its file")
    func kept() throws {
        let content = try fixture.place(zip)
        let index = try fixture.store.index(of: content)
        #expect(index.isCopied)
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: fixture.store.indexPath(of: content)))
        #expect(try fixture.store.index(of: content) === index)
        #expect(try index.lookup(#require(MemberPath("a".utf8))) != nil)
    }

    @Test("it goes with its content")
    func removed() throws {
        let content = try fixture.place(zip)
        _ = try fixture.store.index(of: content)
        try fixture.store.remove(content)
        #expect(throws: ContentStoreError.missing(content)) { try fixture.store.index(of: content) }
    }

    @Test("another digest under its number is not taken for it")
    func digest() throws {
        let content = try fixture.place(zip)
        _ = try fixture.store.index(of: content)
        let other = ContentReference(id: content.id, digest: try SHA256Digest(hashing: "other"))
        #expect(throws: ContentStoreError.missing(other)) { try fixture.store.index(of: other) }
    }

    @Test("beyond the capacity, the one whose last use is the longest ago makes room")
    func eviction() throws {
        let cache = IndexCache()
        let first = try fixture.place(zip)
        let index = try fixture.store.index(of: first)
        let contents = (1...Int64(IndexCache.capacity) + 1).map { ContentReference(id: $0, digest: first.digest) }
        let file = try ArchiveFile(path: fixture.store.indexPath(of: first))
        for content in contents.dropLast() { cache.keep(index, of: content, file, nil) }
        #expect(cache.index(of: contents[0]) != nil)
        cache.keep(index, of: contents[IndexCache.capacity], file, nil)
        #expect(cache.index(of: contents[0]) != nil)
        #expect(cache.index(of: contents[1]) == nil)
        #expect(contents.filter { cache.index(of: $0) != nil }.count == IndexCache.capacity)
    }

    /// A mapped index in a cache, whose file may be changed.
    private func mapped(_ cache: IndexCache, _ content: ContentReference, as id: Int64? = nil) throws -> MemberIndex {
        let file = try ArchiveFile(path: fixture.store.indexPath(of: content))
        let stamp = FileStamp(file)
        let index = try MemberIndex(descriptor: file.descriptor)
        cache.keep(index, of: ContentReference(id: id ?? content.id, digest: content.digest), file, stamp)
        return index
    }

    @Test("one that is mapped from its file is kept for some seconds from its opening on, however often it is used")
    func keptForSeconds() throws {
        let time = Mutex<Int64>(1000)
        let cache = IndexCache { time.withLock(\.self) }
        let content = try fixture.place(zip)
        let index = try mapped(cache, content)
        #expect(!index.isCopied)
        for _ in 0..<10 {
            #expect(cache.index(of: content) === index)
            time.withLock { $0 += IndexCache.lifetime / 10 }
        }
        #expect(cache.index(of: content) == nil)
    }

    @Test("one that is mapped and too old is let go of when another one comes, a copied one is not")
    func expiry() throws {
        let time = Mutex<Int64>(1000)
        let cache = IndexCache { time.withLock(\.self) }
        let content = try fixture.place(zip)
        let copied = try fixture.store.index(of: content)
        let file = try ArchiveFile(path: fixture.store.indexPath(of: content))
        weak var old: MemberIndex?
        do { old = try mapped(cache, content, as: 1001) }
        cache.keep(copied, of: content, file, nil)
        #expect(old != nil)
        time.withLock { $0 += IndexCache.lifetime }
        #expect(old != nil)
        cache.keep(copied, of: ContentReference(id: 1002, digest: content.digest), file, nil)
        #expect(old == nil)
        #expect(cache.index(of: content) === copied)
    }

    static let changes: [(name: String, act: @Sendable (String) throws -> Void)] = [
        ("shortened", { path in #expect(truncate(path, 4096) == 0) }),
        (
            "overwritten",
            { path in
                let file = try #require(FileHandle(forWritingAtPath: path))
                try file.seek(toOffset: 5000)
                try file.write(contentsOf: Data("nonsense".utf8))
                try file.close()
            }
        ),
        ("unlinked", { path in #expect(unlink(path) == 0) }),
    ]

    @Test("one that is mapped is not used when its file is not what it was", arguments: changes.map(\.name))
    func changed(how: String) throws {
        let cache = IndexCache()
        let content = try fixture.place(zip)
        let index = try mapped(cache, content)
        #expect(cache.index(of: content) === index)
        // The kernel's clock for files has ticks of some milliseconds.
        usleep(20_000)
        for change in Self.changes where change.name == how { try change.act(fixture.store.indexPath(of: content)) }
        #expect(cache.index(of: content) == nil)
    }

    @Test("without knowing what its file is like, one that is mapped is not kept")
    func unknownFile() throws {
        let cache = IndexCache()
        let content = try fixture.place(zip)
        let file = try ArchiveFile(path: fixture.store.indexPath(of: content))
        cache.keep(try fixture.store.openIndex(content), of: content, file, nil)
        #expect(cache.index(of: content) == nil)
    }

    @Test("a mapped one goes with its content too")
    func removedWhileMapped() throws {
        let cache = IndexCache()
        let content = try fixture.place(zip)
        _ = try mapped(cache, content)
        cache.forget(content)
        #expect(cache.index(of: content) == nil)
    }
}
