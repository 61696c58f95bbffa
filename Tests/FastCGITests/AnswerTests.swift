import Glibc
import Testing

@testable import FastCGI

@Suite("Answers")
struct AnswerTests {
    @Test("a header block and a small body leave in one record")
    func oneRecord() throws {
        let fixture = try PoolFixture { $0.answer("hello") }
        let answer = try fixture.client().exchange()
        #expect(answer.records.count == 1)
        #expect(answer.output == okHeader + Array("hello".utf8))
        #expect(answer.end == [0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("flush sends what waits at once")
    func flush() throws {
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            try? exchange.flush()
            try? exchange.flush()
            try? exchange.send(Array("body".utf8))
        }
        let answer = try fixture.client().exchange()
        #expect(answer.records == [okHeader, Array("body".utf8)])
    }

    @Test(
        "a body of any size arrives unchanged, in records of at most 65,528 bytes",
        arguments: [0, 1, 32_767, 65_527, 65_528, 65_529, 131_056, 524_224, 524_225, 3_000_000]
    )
    func sizes(count: Int) throws {
        let body = pattern(count)
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            try? exchange.send(body)
        }
        let answer = try fixture.client().exchange()
        #expect(answer.output == okHeader + body)
        #expect(answer.records.allSatisfy { $0.count <= 65_528 })
        #expect(answer.isEnded)
    }

    @Test("many small parts arrive in order")
    func manyParts() throws {
        let body = pattern(500_000)
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            for start in stride(from: 0, to: body.count, by: 1_111) {
                try? exchange.send(Array(body[start..<min(start + 1_111, body.count)]))
            }
        }
        let answer = try fixture.client().exchange()
        #expect(answer.output == okHeader + body)
        #expect(answer.records.allSatisfy { $0.count <= 65_528 })
    }

    @Test("a block is filled in place, the first one behind the header block in the same record")
    func blocks() throws {
        let body = pattern(300_000)
        let spaces = Recorder<Int>()
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            var start = 0
            while start < body.count {
                let count = try? exchange.sendBlock { space in
                    spaces.append(space.count)
                    space.copyBytes(from: body[start..<min(start + space.count, body.count)])
                    return min(space.count, body.count - start)
                }
                start += count ?? body.count
            }
        }
        let answer = try fixture.client().exchange()
        #expect(answer.output == okHeader + body)
        #expect(spaces.all.first == 65_528 - okHeader.count)
        #expect(spaces.all.dropFirst().allSatisfy { $0 == 65_528 })
        #expect(answer.records.map(\.count) == [65_528, 65_528, 65_528, 65_528, 300_000 + okHeader.count - 262_112])
    }

    private struct Damaged: Error {}

    @Test("an error of the closure comes out as it is, and nothing of its block is sent")
    func blockFails() throws {
        let caught = Recorder<Bool>()
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            do throws(SendBlockError<Damaged>) {
                try exchange.sendBlock { (space) throws(Damaged) in
                    space.copyBytes(from: Array("wrong".utf8))
                    throw Damaged()
                }
            } catch {
                if case .fill = error { caught.append(true) }
            }
            try? exchange.send(Array("right".utf8))
        }
        #expect(try fixture.client().exchange().body == Array("right".utf8))
        #expect(caught.all == [true])
    }

    @Test("a handler that gives no answer costs its client a 500")
    func unanswered() throws {
        let fixture = try PoolFixture { _ in }
        let answer = try fixture.client().exchange()
        #expect(answer.text.hasPrefix("Status: 500 Internal Server Error\r\n"))
        #expect(answer.text.contains("Content-Length: 39\r\n"))
        #expect(answer.body == Array(#"{"message":"500 Internal Server Error"}"#.utf8))
        #expect(fixture.events.firstElement() == .unanswered)
    }

    @Test("a broken transfer is shorter than announced and has no end: the connection is closed on it")
    func breaks() throws {
        let fixture = try PoolFixture { exchange in
            try? exchange.sendHeader(okHeader)
            try? exchange.send(pattern(100_000))
            try? exchange.flush()
            try? exchange.send(pattern(10))
            exchange.breakTransfer()
            try? exchange.send(pattern(10))
        }
        let answer = try fixture.client().exchange()
        #expect(answer.body == pattern(100_000))
        #expect(!answer.isEnded)
    }

    @Test("a transfer broken before anything left loses its body, not its header")
    func breaksEarly() throws {
        let fixture = try PoolFixture { exchange in
            exchange.answer("all of the body")
            exchange.breakTransfer()
        }
        let answer = try fixture.client().exchange()
        #expect(answer.output == okHeader)
        #expect(!answer.isEnded)
    }

    @Test("a transfer broken before there was a header is a 500")
    func breaksWithoutHeader() throws {
        let fixture = try PoolFixture { $0.breakTransfer() }
        #expect(try fixture.client().exchange().text.hasPrefix("Status: 500 "))
    }

    @Test("a request for another role than that of a responder is refused")
    func refusesRoles() throws {
        let fixture = try PoolFixture { $0.answer("never") }
        let client = try fixture.client()
        try client.send(Wire.begin(role: 2) + Wire.parameters([]))
        let answer = try client.answer()
        #expect(answer.records.isEmpty)
        #expect(answer.end == [0, 0, 0, 0, 3, 0, 0, 0])
    }
}
