import Glibc
import Testing

@testable import FastCGI

@Suite("Kept connections")
struct KeptConnectionTests {
    /// Answers with the parameter TEXT; with HOLD in it, when the gate has opened.
    private func echo(_ gate: Gate? = nil, running: Gate? = nil) -> @Sendable (Exchange) -> Void {
        { exchange in
            if exchange.parameters["HOLD"] != nil {
                running?.open()
                gate?.wait()
            }
            exchange.answer(exchange.parameters["TEXT"] ?? "served")
        }
    }

    @Test("idle ones hold no thread: among 50 of them, and two workers, a new connection is answered")
    func idleHoldsNoThread() throws {
        let fixture = try PoolFixture(workers: 2, echo())
        let idle = try fixture.idleClients(50)
        #expect(fixture.pool.figures == .init(busy: 0, idle: 2, kept: 50, accepted: 50, requests: 50))
        #expect(try fixture.client().exchange().body == Array("served".utf8))
        for (number, client) in idle.enumerated() {
            let text = "again \(number)"
            #expect(try client.exchange([("TEXT", text)], keep: true).body == Array(text.utf8))
        }
        #expect(fixture.pool.figures.accepted == 51)
    }

    @Test("any number of requests on any number of connections reach their own connection")
    func manyAtOnce() throws {
        let fixture = try PoolFixture(workers: 4, echo())
        let clients = try (0..<20).map { _ in try fixture.client() }
        for round in 0..<50 {
            for (number, client) in clients.enumerated() {
                try client.request([("TEXT", "\(round) \(number)")], keep: true)
            }
            for (number, client) in clients.enumerated() {
                #expect(try client.answer().body == Array("\(round) \(number)".utf8))
            }
        }
        #expect(fixture.pool.figures.accepted == 20)
        #expect(fixture.pool.figures.requests == 1_000)
    }

    @Test("more requests on them than workers wait for a worker")
    func queues() throws {
        let gate = try Gate()
        let fixture = try PoolFixture(workers: 2, echo(gate))
        let clients = try fixture.idleClients(20)
        for client in clients { try client.request([("HOLD", "")], keep: true) }
        gate.open()
        for client in clients { #expect(try client.answer().body == Array("served".utf8)) }
    }

    @Test("one that the web server closes is forgotten, and is no event")
    func closedByTheWebServer() throws {
        let fixture = try PoolFixture(echo())
        for client in try fixture.idleClients(3) { client.close() }
        fixture.waitUntilKept(0)
        #expect(fixture.pool.figures.kept == 0)
        #expect(fixture.events.all.isEmpty)
    }

    @Test("beyond the bound, one is closed behind its answer, and the web server is told before it can use it")
    func bounded() throws {
        let fixture = try PoolFixture(keptConnections: 2, echo())
        let kept = try fixture.idleClients(2)
        let third = try fixture.client()
        #expect(try third.exchange(keep: true).body == Array("served".utf8))
        #expect(try third.isToldThatItIsClosed())
        kept[0].close()
        fixture.waitUntilKept(1)
        #expect(try fixture.idleClientsHaveRoom(besides: 1))
        #expect(try kept[1].exchange(keep: true).body == Array("served".utf8))
    }

    @Test("an answer behind which the web server closes is not waited behind")
    func closesAfterwards() throws {
        let fixture = try PoolFixture { exchange in
            exchange.closeAfterwards()
            exchange.answer("last")
        }
        let client = try fixture.client()
        #expect(try client.exchange(keep: true).body == Array("last".utf8))
        #expect(try client.isToldThatItIsClosed())
    }

    @Test("a request on one that stops half-way does not hold the only worker for long")
    func halfSent() throws {
        let fixture = try PoolFixture(timeouts: .init(receive: 50, firstRequest: 10_000), echo())
        let kept = try fixture.idleClients(1)[0]
        try kept.send(Wire.begin(keep: true) + Array(Wire.parameters([("A", "b")]).prefix(11)))
        #expect(try fixture.client().exchange().body == Array("served".utf8))
        #expect(try kept.isClosedByServer())
        #expect(fixture.events.all == [.malformedRequest])
    }

    @Test("a pool drains at once, and closes the idle ones")
    func drains() throws {
        let fixture = try PoolFixture(workers: 2, echo())
        let clients = try fixture.idleClients(50)
        fixture.pool.beginDrain()
        #expect(fixture.pool.waitUntilDrained(deadlineSeconds: 5))
        for client in clients { #expect(try client.isClosedByServer()) }
        #expect(fixture.pool.figures == .init(busy: 0, idle: 0, kept: 0, accepted: 50, requests: 50))
    }

    @Test("a drain answers requests that have come on idle ones before it, and then closes these")
    func drainAnswersWhatCame() throws {
        let gates = (running: try Gate(), finish: try Gate())
        let fixture = try PoolFixture(echo(gates.finish, running: gates.running))
        let clients = try fixture.idleClients(5)
        let holder = try fixture.client()
        try holder.request([("HOLD", "")], keep: true)
        #expect(gates.running.wait())
        for client in clients[..<3] { try client.request([("TEXT", "in time")], keep: true) }
        fixture.pool.beginDrain()
        gates.finish.open()
        for client in clients[..<3] {
            #expect(try client.answer().body == Array("in time".utf8))
            #expect(try client.isToldThatItIsClosed())
        }
        for client in clients[3...] { #expect(try client.isClosedByServer()) }
        #expect(try holder.answer().body == Array("served".utf8))
        #expect(fixture.pool.waitUntilDrained(deadlineSeconds: 5))
    }

    @Test("once a drain has begun, nothing more can be sent on an idle one, so that no request is lost in it")
    func drainRefusesRequests() throws {
        let gates = (running: try Gate(), finish: try Gate())
        let fixture = try PoolFixture(echo(gates.finish, running: gates.running))
        let idle = try fixture.idleClients(1)[0]
        let holder = try fixture.client()
        try holder.request([("HOLD", "")], keep: true)
        #expect(gates.running.wait())
        fixture.pool.beginDrain()
        #expect(throws: FastCGIClient.Failure.self) { try idle.request(keep: true) }
        gates.finish.open()
        #expect(fixture.pool.waitUntilDrained(deadlineSeconds: 5))
    }
}

extension PoolFixture {
    /// Whether a connection more is kept.
    fileprivate func idleClientsHaveRoom(besides count: Int) throws -> Bool {
        let client = try client()
        _ = try client.exchange(keep: true)
        waitUntilKept(count + 1)
        return pool.figures.kept == count + 1
    }
}
