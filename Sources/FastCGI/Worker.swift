internal import CFastCGI
internal import Glibc

/// One thread of a pool: takes a connection that has a request, answers it, puts the connection back, takes the next.
///
/// Made by the thread that starts the pool and used by its own thread only, from then on.
final class Worker {
    private let pool: WorkerPool
    private let exchange: Exchange

    init(pool: WorkerPool) {
        self.pool = pool
        exchange = Exchange(receiveTimeout: pool.timeouts.receive)
    }

    /// Works until the pool drains.
    func run() {
        while let connection = pool.connections.next() {
            pool.counters.begin(isNew: !connection.isKept)
            serve(connection)
            pool.counters.end()
        }
    }

    private func serve(_ connection: Connection) {
        let descriptor = connection.descriptor
        guard connection.isKept || hasFirstRequest(descriptor) else {
            _ = close(descriptor)
            return
        }
        var ending = Exchange.Ending.keep
        repeat {
            guard exchange.receive(from: descriptor) else {
                pool.report(.malformedRequest)
                return
            }
            ending = answer(on: connection)
            if ending == .keep, pool.connections.putBack(connection) { return }
            // Told that it may, before the drain began, the web server may have sent a request.
        } while ending == .keep && hasInput(descriptor)
        if ending == .linger { linger(descriptor) }
        _ = close(descriptor)
    }

    /// Bounds every wait in a read or write: libfcgi knows no timeout of its own.
    private func configure(_ connection: Int32) {
        setOption(connection, SOL_SOCKET, SO_RCVTIMEO, timeval(milliseconds: pool.timeouts.receive))
        setOption(connection, SOL_SOCKET, SO_SNDTIMEO, timeval(milliseconds: pool.timeouts.send))
        guard pool.listener.isTCP else { return }
        setOption(connection, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        // An idle connection has no timeout of ours: of a machine that has vanished only this tells.
        setOption(connection, SOL_SOCKET, SO_KEEPALIVE, Int32(1))
    }

    private func answer(on connection: Connection) -> Exchange.Ending {
        guard exchange.isResponder else {
            pool.report(.malformedRequest)
            exchange.refuseRole()
            return .linger
        }
        pool.counters.countRequest()
        pool.handler.handle(exchange)
        let result = exchange.finish(mayKeep: pool.connections.mayKeep(connection))
        if !result.answered { pool.report(.unanswered) }
        return result.ending
    }

    /// Whether a request comes on a new connection, which gets its options here, once.
    ///
    /// The drain flag does not end this wait: the connection has been accepted, its request is on the way.
    private func hasFirstRequest(_ connection: Int32) -> Bool {
        configure(connection)
        let readiness = waitForInput(on: connection, milliseconds: pool.timeouts.firstRequest)
        if readiness.connection == 0 { pool.report(.silentConnection) }
        guard readiness.isReadable else { return false }
        return !(readiness.isHungUp && isAtEndOfInput(connection))
    }

    /// Lets the web server take the answer before bytes that it is still sending reset the connection.
    ///
    /// What arrives is thrown away. `OS_Close` of libfcgi does the same, but for as long as bytes arrive.
    private func linger(_ connection: Int32) {
        _ = shutdown(connection, Int32(SHUT_WR))
        let deadline = Deadline(milliseconds: pool.timeouts.linger)
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { trash in
            while let rest = deadline.remaining, waitForInput(on: connection, milliseconds: rest).connection != 0 {
                guard recv(connection, trash.baseAddress, trash.count, Int32(MSG_DONTWAIT)) > 0 else { return }
            }
        }
    }
}
