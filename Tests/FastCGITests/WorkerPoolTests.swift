import Glibc
import Testing

@testable import FastCGI

@Suite("Pools of workers")
struct WorkerPoolTests {
    @Test("more requests than workers wait in the queue")
    func queues() throws {
        let gate = try Gate()
        let fixture = try PoolFixture(workers: 2) { exchange in
            gate.wait()
            exchange.answer("served")
        }
        let clients = try (0..<40).map { _ in try fixture.client() }
        for client in clients { try client.request() }
        gate.open()
        for client in clients { #expect(try client.answer().body == Array("served".utf8)) }
        #expect(fixture.pool.figures.accepted == 40)
    }

    @Test("a pool drains when every worker is idle")
    func drainsIdle() throws {
        let fixture = try PoolFixture(workers: 16) { $0.answer("") }
        #expect(fixture.pool.figures == .init(busy: 0, idle: 16, kept: 0, accepted: 0, requests: 0))
        fixture.pool.beginDrain()
        #expect(fixture.pool.waitUntilDrained(deadlineSeconds: 5))
        #expect(fixture.pool.figures.idle == 0)
    }

    @Test("a request that runs is finished, and no new connection is taken")
    func drainsRunningRequests() throws {
        let gates = (running: try Gate(), finish: try Gate())
        let fixture = try PoolFixture(workers: 2) { exchange in
            gates.running.open()
            gates.finish.wait()
            exchange.answer("finished")
        }
        let client = try fixture.client()
        try client.request(keep: true)
        #expect(gates.running.wait())
        fixture.pool.beginDrain()
        #expect(throws: FastCGIError.system(call: "connect", errno: ECONNREFUSED)) { try fixture.client() }
        #expect(!fixture.pool.waitUntilDrained(deadlineSeconds: 0.02), "the request still runs")
        gates.finish.open()
        #expect(try client.answer().body == Array("finished".utf8))
        #expect(fixture.pool.waitUntilDrained(deadlineSeconds: 5))
        #expect(try client.isToldThatItIsClosed())
    }

    @Test("a connection accepted before the drain may still send its request")
    func drainsAcceptedConnections() throws {
        let fixture = try PoolFixture(timeouts: .init(firstRequest: 5_000)) { $0.answer("served") }
        let client = try fixture.client()
        while fixture.pool.figures.accepted == 0 { usleep(1_000) }
        fixture.pool.beginDrain()
        #expect(try client.exchange(keep: true).body == Array("served".utf8))
        #expect(fixture.pool.waitUntilDrained(deadlineSeconds: 5))
    }

    @Test("workers carry the name of the pool and block every signal")
    func threads() throws {
        let fixture = try PoolFixture { exchange in
            let file = open("/proc/thread-self/comm", O_RDONLY)
            var name = [UInt8](repeating: 0, count: 16)
            let count = read(file, &name, name.count)
            close(file)
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            let blocked = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD].allSatisfy { sigismember(&mask, $0) == 1 }
            exchange.answer("\(String(decoding: name.prefix(count), as: UTF8.self))\(blocked)")
        }
        #expect(try fixture.client().exchange().body == Array("test-0\ntrue".utf8))
    }

    @Test("a pool starts once")
    func startsOnce() throws {
        let fixture = try PoolFixture { $0.answer("") }
        #expect(throws: FastCGIError.alreadyStarted) { try fixture.pool.start() }
    }

    @Test("a pool that never started has nothing to drain")
    func neverStarted() throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: ListenAddress("unix:\(directory.path)/s"))
        let other = try PoolFixture { $0.answer("") }
        let pool = try WorkerPool(name: "x", listener: listener, workers: 1, handler: other.pool.handler)
        #expect(pool.waitUntilDrained(deadlineSeconds: 0))
    }

    @Test("libfcgi leaves the signal actions of the process alone")
    func signalActions() throws {
        signal(SIGPIPE, SIG_IGN)
        let fixture = try PoolFixture { $0.answer("") }
        #expect(try fixture.client().exchange().isEnded)
        var action = sigaction()
        sigaction(SIGPIPE, nil, &action)
        #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1, "1 is SIG_IGN")
        sigaction(SIGTERM, nil, &action)
        #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0, "0 is SIG_DFL")
    }
}
