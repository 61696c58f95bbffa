import Glibc
import Testing

@testable import FastCGI

@Suite("Files as answers")
struct FileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// Makes a file with these bytes, open for reading.
    private func file(_ bytes: [UInt8]) throws -> OwnedDescriptor {
        let descriptor = OwnedDescriptor(open(directory.path + "/f", O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
        let count = bytes.withUnsafeBytes { write(descriptor.number, $0.baseAddress, $0.count) }
        try #require(count == bytes.count)
        return descriptor
    }

    @Test(
        "a part of a file arrives unchanged, in records of at most 65,528 bytes",
        arguments: [
            (0, 0), (0, 1), (17, 2_000), (0, 65_528), (1, 65_529), (4_096, 200_000), (0, 5 << 20), (3, (5 << 20) - 3),
        ]
    )
    func parts(offset: Int, count: Int) throws {
        let content = pattern(5 << 20)
        let file = try file(content)
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            try? exchange.sendFile(file.number, offset: Int64(offset), count: Int64(count))
        }
        let answer = try fixture.client().exchange()
        #expect(answer.output == okHeader + content[offset..<offset + count])
        #expect(answer.records.allSatisfy { $0.count <= 65_528 })
        #expect(answer.isEnded)
    }

    @Test("a small file leaves in one record with its header")
    func smallFile() throws {
        let file = try file(pattern(2_048))
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            try? exchange.sendFile(file.number, offset: 0, count: 2_048)
        }
        #expect(try fixture.client().exchange().records == [okHeader + pattern(2_048)])
    }

    @Test(
        "a part that the file does not have is refused before anything is sent",
        arguments: [
            (0, 1_001, ExchangeError.truncatedFile), (1_000, 1, .truncatedFile), (-1, 10, .fileRead(errno: EINVAL)),
            (0, -1, .fileRead(errno: EINVAL)), (Int64.max, Int64.max, .fileRead(errno: EINVAL)),
        ]
    )
    func refusesParts(offset: Int64, count: Int64, expected: ExchangeError) throws {
        let file = try file(pattern(1_000))
        let caught = Recorder<ExchangeError>()
        let fixture = try PoolFixture { exchange in
            do throws(ExchangeError) {
                try exchange.sendFile(file.number, offset: offset, count: count)
            } catch {
                caught.append(error)
            }
            exchange.answer("still possible")
        }
        #expect(try fixture.client().exchange().body == Array("still possible".utf8))
        #expect(caught.all == [expected])
    }

    @Test("a file that cannot be read is an error of the file")
    func unreadable() throws {
        let file = OwnedDescriptor(open(directory.path + "/w", O_WRONLY | O_CREAT, 0o600))
        try #require(ftruncate(file.number, 1_000_000) == 0)
        let caught = Recorder<ExchangeError>()
        let fixture = try PoolFixture { exchange in
            do throws(ExchangeError) {
                try exchange.sendHeader(okHeader)
                try exchange.sendFile(file.number, offset: 0, count: 1_000_000)
            } catch {
                caught.append(error)
            }
        }
        #expect(try fixture.client().exchange().isEnded)
        #expect(caught.all == [.fileRead(errno: EBADF)])
    }
}
