import Glibc
import Testing

@testable import FastCGI

@Suite("Connections that misbehave")
struct ConnectionTests {
    /// A handler that sends for ever, until it cannot.
    private func endless(_ caught: Recorder<ExchangeError>) -> @Sendable (Exchange) -> Void {
        { exchange in
            do throws(ExchangeError) {
                try exchange.sendHeader(okHeader)
                while true { try exchange.send(pattern(65_536)) }
            } catch {
                caught.append(error)
            }
        }
    }

    @Test("a client that goes away ends its stream")
    func clientGone() throws {
        let caught = Recorder<ExchangeError>()
        let fixture = try PoolFixture(endless(caught))
        let client = try fixture.client()
        try client.request()
        client.close()
        #expect(caught.firstElement() == .clientGone)
        #expect(fixture.events.all.isEmpty, "a client that left is no fault of the handler")
    }

    @Test("a client that takes nothing times out and loses its connection")
    func clientStalls() throws {
        let caught = Recorder<ExchangeError>()
        let fixture = try PoolFixture(timeouts: .init(send: 50), endless(caught))
        let client = try fixture.client()
        try client.request()
        #expect(caught.firstElement() == .timedOut)
        #expect(throws: FastCGIClient.Failure.self) { try client.answer() }
    }

    @Test("a client is known to have gone without sending to it")
    func clientIsGone() throws {
        let gone = Recorder<Bool>()
        let gates = (asked: try Gate(), closed: try Gate())
        let fixture = try PoolFixture { exchange in
            gone.append(exchange.clientIsGone())
            gates.asked.open()
            gates.closed.wait()
            gone.append(exchange.clientIsGone())
            exchange.answer("")
        }
        let client = try fixture.client()
        try client.request()
        gates.asked.wait()
        client.close()
        gates.closed.open()
        fixture.pool.beginDrain()
        #expect(fixture.pool.waitUntilDrained(deadlineSeconds: 5))
        #expect(gone.all == [false, true])
    }

    @Test("a connection that sends nothing does not hold the only worker for long")
    func silent() throws {
        let fixture = try PoolFixture(timeouts: .init(firstRequest: 50)) { $0.answer("served") }
        let silent = try fixture.client()
        #expect(try fixture.client().exchange().body == Array("served".utf8))
        #expect(try silent.isClosedByServer())
        #expect(fixture.events.all == [.silentConnection])
    }

    @Test(
        "a request that stops half-way, or is none, does not hold the only worker for long",
        arguments: [
            Wire.begin(), Array(Wire.begin().prefix(3)), Wire.begin() + Array(Wire.parameters([("A", "b")]).prefix(11)),
            Wire.begin() + Wire.parameters([("A", "b")]).dropLast(8),
            Array("GET / HTTP/1.1\r\n\r\n".utf8),
        ]
    )
    func halfSent(bytes: [UInt8]) throws {
        let fixture = try PoolFixture(timeouts: .init(receive: 50)) { $0.answer("served") }
        let broken = try fixture.client()
        try broken.send(bytes)
        #expect(try fixture.client().exchange().body == Array("served".utf8))
        #expect(try broken.isClosedByServer())
        #expect(fixture.events.all == [.malformedRequest])
    }

    @Test("a connection that breaks off between two parameters is no request")
    func brokenParameters() throws {
        let fixture = try PoolFixture { $0.answer("served") }
        let broken = try fixture.client()
        try broken.send(Wire.begin() + Wire.parameters([("A", "b")]).dropLast(8))
        broken.close()
        #expect(fixture.events.firstElement() == .malformedRequest)
        #expect(fixture.pool.figures.requests == 0)
    }

    @Test("connections that are closed at once are no event")
    func closedAtOnce() throws {
        let fixture = try PoolFixture { $0.answer("served") }
        for _ in 0..<3 { try fixture.client().close() }
        #expect(try fixture.client().exchange().body == Array("served".utf8))
        #expect(fixture.events.all.isEmpty)
    }
}
