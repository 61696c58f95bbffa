internal import CFastCGI
internal import Glibc

/// One thread of a pool: takes a connection, serves its requests one after the other, takes the next.
///
/// Made by the thread that starts the pool and used by its own thread only, from then on.
final class Worker {
    private let pool: WorkerPool
    private let acceptor: Acceptor
    private let exchange: Exchange

    init(pool: WorkerPool) throws(FastCGIError) {
        self.pool = pool
        exchange = Exchange(receiveTimeout: pool.timeouts.receive)
        acceptor = try Acceptor(listener: pool.listener.descriptor, drain: pool.drain, report: pool.report)
    }

    /// Works until the pool drains.
    func run() {
        while let connection = acceptor.next() {
            pool.counters.begin()
            serve(connection)
            pool.counters.end()
        }
    }

    private func serve(_ connection: Int32) {
        configure(connection)
        guard hasFirstRequest(connection) else {
            _ = close(connection)
            return
        }
        var ending = Exchange.Ending.keep
        repeat {
            guard exchange.receive(from: connection) else {
                pool.report(.malformedRequest)
                return
            }
            ending = answer()
        } while ending == .keep && hasNextRequest(connection)
        if ending == .linger { linger(connection) }
        _ = close(connection)
    }

    /// Bounds every wait in a read or write: libfcgi knows no timeout of its own.
    private func configure(_ connection: Int32) {
        setOption(connection, SOL_SOCKET, SO_RCVTIMEO, timeval(milliseconds: pool.timeouts.receive))
        setOption(connection, SOL_SOCKET, SO_SNDTIMEO, timeval(milliseconds: pool.timeouts.send))
        if pool.listener.isTCP { setOption(connection, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1)) }
    }

    private func answer() -> Exchange.Ending {
        guard exchange.isResponder else {
            pool.report(.malformedRequest)
            exchange.refuseRole()
            return .linger
        }
        pool.counters.countRequest()
        pool.handler.handle(exchange)
        let result = exchange.finish()
        if !result.answered { pool.report(.unanswered) }
        return result.ending
    }

    /// Whether a request comes on a new connection.
    ///
    /// The drain flag does not end this wait: the connection has been accepted, its request is on the way.
    private func hasFirstRequest(_ connection: Int32) -> Bool {
        let readiness = waitForInput(on: connection, milliseconds: pool.timeouts.firstRequest)
        if readiness.connection == 0 { pool.report(.silentConnection) }
        return isUsable(readiness, connection)
    }

    /// Whether another request comes on a connection that the web server wants to keep.
    private func hasNextRequest(_ connection: Int32) -> Bool {
        let readiness = waitForInput(
            on: connection,
            wake: pool.drain.number,
            milliseconds: pool.timeouts.keptConnection
        )
        return isUsable(readiness, connection)
    }

    private func isUsable(_ readiness: Readiness, _ connection: Int32) -> Bool {
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
