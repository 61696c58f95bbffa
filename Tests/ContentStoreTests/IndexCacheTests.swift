import Cryptography
import Foundation
import Testing
import ZipArchive

@testable import ContentStore

@Suite("Member indexes that are kept in memory")
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
        for content in contents.dropLast() { cache.keep(index, of: content) }
        #expect(cache.index(of: contents[0]) != nil)
        cache.keep(index, of: contents[IndexCache.capacity])
        #expect(cache.index(of: contents[0]) != nil)
        #expect(cache.index(of: contents[1]) == nil)
        #expect(contents.filter { cache.index(of: $0) != nil }.count == IndexCache.capacity)
    }

    @Test("one that is mapped from its file is not kept")
    func mapped() throws {
        let cache = IndexCache()
        let content = try fixture.place(zip)
        cache.keep(try fixture.store.openIndex(content), of: content)
        #expect(cache.index(of: content) == nil)
    }
}
