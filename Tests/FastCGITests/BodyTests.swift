import Glibc
import Testing

@testable import FastCGI

@Suite("Request bodies")
struct BodyTests {
    @Test("a body of any size arrives unchanged", arguments: [0, 1, 9_999, 10_000, 10_001, 1_000_000])
    func wholeBodies(count: Int) throws {
        let seen = Recorder<[UInt8]>()
        let fixture = try PoolFixture { exchange in
            seen.append((try? exchange.wholeBody()) ?? [])
            exchange.answer(exchange.bodyIsComplete ? "complete" : "incomplete")
        }
        #expect(try fixture.client().exchange(body: pattern(count)).body == Array("complete".utf8))
        #expect(seen.all == [pattern(count)])
    }

    @Test("with patience, a body of any size arrives unchanged too", arguments: [0, 1, 9_999, 10_001, 1_000_000])
    func wholeBodiesWithPatience(count: Int) throws {
        let seen = Recorder<[UInt8]>()
        let fixture = try PoolFixture { exchange in
            var body: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 50_000)
            while let count = try? buffer.withUnsafeMutableBytes({ try exchange.readBody(into: $0, patience: 60_000) }),
                count > 0
            {
                body += buffer[..<count]
            }
            seen.append(body)
            exchange.answer(exchange.bodyIsComplete ? "complete" : "incomplete")
        }
        #expect(try fixture.client().exchange(body: pattern(count)).body == Array("complete".utf8))
        #expect(seen.all == [pattern(count)])
    }

    @Test("without patience, what has come is returned though more would fit")
    func impatient() throws {
        let seen = Recorder<Int>()
        let fixture = try PoolFixture { exchange in
            var buffer = [UInt8](repeating: 0, count: 1_000)
            let count = buffer.withUnsafeMutableBytes { try? exchange.readBody(into: $0, patience: 0) }
            seen.append(count ?? -1)
            exchange.answer("early")
        }
        let client = try fixture.client()
        try client.send(Wire.begin(keep: true) + Wire.parameters([]) + Wire.record(5, pattern(100)))
        #expect(try client.answer().body == Array("early".utf8))
        #expect(seen.all.first.map { (1...100).contains($0) } == true)
    }

    @Test("a body whose bytes are read, but not its end, is not known to be complete")
    func endIsARecord() throws {
        let states = Recorder<Bool>()
        let fixture = try PoolFixture { exchange in
            var buffer: [UInt8] = [0, 0, 0]
            _ = buffer.withUnsafeMutableBytes { try? exchange.readBody(into: $0) }
            states.append(exchange.bodyIsComplete)
            _ = buffer.withUnsafeMutableBytes { try? exchange.readBody(into: $0) }
            states.append(exchange.bodyIsComplete)
            exchange.answer(String(decoding: buffer, as: UTF8.self))
        }
        #expect(try fixture.client().exchange(body: Array("abc".utf8)).body == Array("abc".utf8))
        #expect(states.all == [false, true])
    }

    /// Runs a handler that reads the whole body, against a client that does not send it.
    private func bodyError(
        receive: Int32 = 5_000,
        _ send: (FastCGIClient) throws -> Void
    ) throws -> (ExchangeError?, complete: Bool?) {
        let caught = Recorder<ExchangeError>()
        let complete = Recorder<Bool>()
        let fixture = try PoolFixture(timeouts: .init(receive: receive)) { exchange in
            for _ in 0..<2 {
                do throws(ExchangeError) {
                    _ = try exchange.wholeBody()
                } catch {
                    caught.append(error)
                }
            }
            complete.append(exchange.bodyIsComplete)
        }
        let client = try fixture.client()
        try client.send(Wire.begin(keep: true) + Wire.parameters([]) + Wire.record(5, pattern(100)))
        try send(client)
        let state = complete.firstElement()
        #expect(caught.all.count == 2, "the error is told again")
        return (caught.all.last, state)
    }

    @Test("a client that closes within the body aborts it")
    func closedWithin() throws {
        let result = try bodyError { $0.close() }
        #expect(result == (.bodyAborted, false))
    }

    @Test("FCGI_ABORT_REQUEST aborts the body")
    func aborted() throws {
        let result = try bodyError { try $0.send(Wire.record(2, [])) }
        #expect(result == (.bodyAborted, false))
    }

    @Test("a client that stops within the body times out")
    func silentWithin() throws {
        let result = try bodyError(receive: 50) { _ in }
        #expect(result == (.timedOut, false))
    }

    @Test("the answer to a body that was not read arrives, and the connection is closed", arguments: [false, true])
    func earlyAnswer(keep: Bool) throws {
        let fixture = try PoolFixture { $0.answer("413") }
        let client = try fixture.client()
        // More than the buffers of the socket hold: the client is still sending when the answer is there.
        try client.request(body: pattern(2_000_000), keep: keep)
        #expect(try client.answer().body == Array("413".utf8))
        #expect(try keep ? client.isToldThatItIsClosed() : client.isClosedByServer())
    }

    @Test("bytes of a body that was not read are never taken for a request")
    func noSmuggling() throws {
        let uris = Recorder<String>()
        let fixture = try PoolFixture { exchange in
            uris.append(exchange.parameters["REQUEST_URI"] ?? "")
            exchange.answer("answer")
        }
        // libfcgi reads 8,192 bytes at once and forgets them with the request: what follows would be the next records.
        let head = Wire.begin(keep: true) + Wire.parameters([("REQUEST_URI", "/real")])
        let forged = Wire.begin(keep: true) + Wire.parameters([("REQUEST_URI", "/forged")]) + Wire.body([])
        let filler = [UInt8](repeating: 0, count: 8_192 - head.count - 8)
        let client = try fixture.client()
        try client.send(head + Wire.record(5, filler + forged) + Wire.record(5, []))
        #expect(try client.answer().body == Array("answer".utf8))
        #expect(try client.isToldThatItIsClosed())
        client.close()
        _ = try fixture.client().exchange([("REQUEST_URI", "/next")])
        #expect(uris.all == ["/real", "/next"])
    }

    @Test("a connection is kept when the body was read, or when there was none")
    func keeps() throws {
        let fixture = try PoolFixture { exchange in
            if exchange.parameters["READ"] != nil { _ = try? exchange.wholeBody() }
            exchange.answer(exchange.parameters["N"] ?? "")
        }
        let client = try fixture.client()
        #expect(try client.exchange([("N", "1")], keep: true).body == Array("1".utf8))
        #expect(try client.exchange([("N", "2"), ("READ", "")], body: pattern(50_000), keep: true).isEnded)
        #expect(try client.exchange([("N", "3")], keep: true).body == Array("3".utf8))
        #expect(try client.exchange([("N", "4")], keep: false).body == Array("4".utf8))
        #expect(try client.isClosedByServer())
        #expect(fixture.pool.figures.accepted == 1)
        #expect(fixture.pool.figures.requests == 4)
    }
}
