import Foundation
import TestSupport
import Testing
import ZipArchive

@testable import ContentStore

@Suite("Access points beside a content")
struct PointsTests {
    /// A zip of one member `big` of 17 MiB, deflated as stored blocks (RFC 1951, 3.2.4).
    static let bigZip: [UInt8] = {
        var stream: [UInt8] = []
        let size = 17 << 20
        for start in stride(from: 0, to: size, by: 0x8000) {
            stream += [start + 0x8000 < size ? 0 : 1, 0, 0x80, 0xFF, 0x7F]
            stream += [UInt8](repeating: UInt8(truncatingIfNeeded: start >> 15), count: 0x8000)
        }
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> ($0 * 8) & 0xFF) } }
        let name = Array("big".utf8)
        var common: [UInt8] = [20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        common += little(stream.count, 4)
        common += little(size, 4)
        var zip: [UInt8] = [0x50, 0x4B, 3, 4]
        zip += common
        zip += [3, 0, 0, 0]
        zip += name
        zip += stream
        var record: [UInt8] = [0x50, 0x4B, 1, 2, 20, 3]
        record += common
        record += [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA4, 0x81, 0, 0, 0, 0]
        record += name
        let start = zip.count
        zip += record
        zip += [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0]
        zip += little(record.count, 4)
        zip += little(start, 4)
        return zip + [0, 0]
    }()

    /// Reads a byte near the member's end, as a request does.
    private func read(_ content: ContentReference, in store: ContentStore) throws {
        let path = try #require(MemberPath(Array("big".utf8)))
        let member = try #require(try store.openIndex(content).lookup(path))
        let size = try store.open(content).size()
        try read(content, in: store, store.points(of: member, in: content, size: size, gathers: true))
    }

    private func read(_ content: ContentReference, in store: ContentStore, _ gathering: PointGathering) throws {
        let member = gathering.points.member
        let buffers = try #require(MemberBuffers())
        let file = try store.open(content)
        let data = try MemberData(member, in: file, buffers: buffers, prefetching: false)
        let last = member.uncompressedSize - 1
        var reader = try MemberReader(data, buffers: buffers, window: last..<last + 1, points: gathering.points)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
        #expect(count == 1)
        #expect(buffer[0] == UInt8(truncatingIfNeeded: last >> 15))
    }

    @Test("what a reader gathered is kept when it is let go of, and goes with the content")
    func lifeCycle() throws {
        let fixture = try StoreFixture()
        let content = try fixture.place(Self.bigZip)
        #expect(fixture.store.openPoints(content) == nil, "taking in inflates nothing")
        try read(content, in: fixture.store)
        #expect(fixture.store.openPoints(content) != nil)
        let points = "contents/\(content.relativePath).points"
        #expect(try fixture.mode(points) == fixture.mode("contents/\(content.relativePath).index"))
        #expect(try fixture.files("tmp").isEmpty)
        try read(content, in: fixture.store)
        try fixture.store.remove(content)
        #expect(try fixture.files("contents").isEmpty)
        #expect(try fixture.files("tmp").isEmpty)
    }

    @Test("the same bytes taken in again have points of their own")
    func again() throws {
        let fixture = try StoreFixture()
        let content = try fixture.place(Self.bigZip)
        try read(content, in: fixture.store)
        let second = try fixture.place(Self.bigZip, id: 2)
        #expect(fixture.store.openPoints(second) == nil)
        try read(second, in: fixture.store)
        try fixture.store.remove(content)
        #expect(fixture.store.openPoints(second) != nil)
    }

    @Test("of content that is removed while it is read nothing stays behind")
    func removedMeanwhile() throws {
        let fixture = try StoreFixture()
        let content = try fixture.place(Self.bigZip)
        let path = try #require(MemberPath(Array("big".utf8)))
        let member = try #require(try fixture.store.openIndex(content).lookup(path))
        let buffers = try #require(MemberBuffers())
        do {
            let file = try fixture.store.open(content)
            let gathering = fixture.store.points(of: member, in: content, size: try file.size(), gathers: true)
            let data = try MemberData(member, in: file, buffers: buffers, prefetching: true)
            var reader = try MemberReader(
                data,
                buffers: buffers,
                window: 17_000_000..<17_000_001,
                points: gathering.points
            )
            var scratch = [UInt8](repeating: 0, count: 1 << 16)
            try scratch.withUnsafeMutableBytes { try reader.skip(.max, using: $0) }
            #expect(gathering.points.gatheredCount == 4)
            #expect(try fixture.files("tmp").count == 1)
            try fixture.store.remove(content)
        }
        #expect(try fixture.files("contents").isEmpty)
        #expect(try fixture.files("tmp").isEmpty)
    }

    @Test("two who gather at once add to one file, and both find what they kept")
    func atOnce() throws {
        let fixture = try StoreFixture()
        let content = try fixture.place(Self.bigZip)
        let path = "\(fixture.directory.path)/contents/\(content.relativePath).points"
        let size = try fixture.store.open(content).size()
        let name = try #require(MemberPath(Array("big".utf8)))
        let member = try #require(try fixture.store.openIndex(content).lookup(name))
        var both = (0..<2).map { _ in fixture.store.points(of: member, in: content, size: size, gathers: true) }
        for gathering in both { try read(content, in: fixture.store, gathering) }
        #expect(!FileManager.default.fileExists(atPath: path))
        both.removeLast()
        let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        both.removeLast()
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == number)
        #expect(fixture.store.points(of: member, in: content, size: size, gathers: false).points.heldCount == 4)
        #expect(try fixture.files("tmp").isEmpty)
    }

    @Test("a file of points of an earlier release counts as none and gives way")
    func earlierRelease() throws {
        let fixture = try StoreFixture()
        let content = try fixture.place(Self.bigZip)
        let path = "\(fixture.directory.path)/contents/\(content.relativePath).points"
        try read(content, in: fixture.store)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[8] = 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(fixture.store.openPoints(content) == nil)
        try read(content, in: fixture.store)
        #expect(fixture.store.openPoints(content) != nil)
    }

    @Test("a damaged file of points, or none that can be written, fails nobody")
    func damaged() throws {
        let fixture = try StoreFixture()
        let content = try fixture.place(Self.bigZip)
        let path = "\(fixture.directory.path)/contents/\(content.relativePath).points"
        try Data("no points".utf8).write(to: URL(fileURLWithPath: path))
        #expect(fixture.store.openPoints(content) == nil)
        try read(content, in: fixture.store)
        #expect(fixture.store.openPoints(content) != nil)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try read(content, in: fixture.store)
        #expect(try fixture.files("tmp").isEmpty)
    }
}
