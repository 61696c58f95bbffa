internal import CFastCGI
internal import Glibc
internal import Synchronization

/// A connection in the hands of a worker.
struct Connection {
    /// The socket; it blocks and is closed on exec.
    let descriptor: Int32
    /// Whether it has had a request before, and the epoll set knows it.
    let isKept: Bool
}

/// The connections of a pool that no worker has: new ones in the listening socket, and kept ones without a request.
///
/// One epoll set for all workers, so that an idle connection holds no thread. All but the drain flag are in it with
/// `EPOLLONESHOT`: an event wakes one worker, and what it tells of is that worker's until it is put back (epoll_ctl(2)).
/// So each connection has one owner at any time, and nobody closes a descriptor that another may get an event of.
///
/// An idle connection is closed by the web server, which knows whether it is about to use it. We close one only when the
/// pool drains; how long they may be idle is the web server's setting (`keepalive_timeout`).
final class ConnectionSet: Sendable {
    private let listener: Int32
    private let limit: Int
    private let drain: EventFlag
    private let epoll: OwnedDescriptor
    private let report: @Sendable (WorkerEvent) -> Void
    private let idle = IdleDescriptors()
    private let idleCount = Atomic<Int>(0)
    private let isDraining = Atomic<Bool>(false)

    /// The pause after an error that another attempt would only repeat, like a lack of descriptors.
    private static let pauseMilliseconds: Int32 = 100
    private static let anyInput = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue

    /// Makes the set.
    ///
    /// - Parameters:
    ///   - listener: the listening socket, which does not block.
    ///   - limit: about how many idle connections are kept.
    ///   - report: told when no connection can be accepted.
    /// - Throws: ``FastCGIError/system(call:errno:)`` when the system has no descriptor left.
    init(
        listener: Int32,
        limit: Int,
        report: @escaping @Sendable (WorkerEvent) -> Void
    ) throws(FastCGIError) {
        self.listener = listener
        self.limit = limit
        self.report = report
        drain = try EventFlag()
        epoll = OwnedDescriptor(try checked("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        try set(EPOLL_CTL_ADD, listener, EPOLLIN.rawValue | EPOLLONESHOT.rawValue)
        try set(EPOLL_CTL_ADD, drain.number, EPOLLIN.rawValue)
    }

    /// Waits for the next connection that is new or has input.
    ///
    /// - Returns: the connection, which belongs to the caller; nil once the pool drains and none is left.
    func next() -> Connection? {
        while let event = waitForEvent() {
            switch event.data.fd {
            case drain.number:
                // Level-triggered: whoever waits gets it, again until those that have a request were taken.
                if idleCount.load(ordering: .acquiring) <= 0 { return nil }
            case listener:
                if let connection = accept() { return connection }
            case let descriptor:
                if let connection = take(descriptor, event) { return connection }
            }
        }
        return nil
    }

    /// Whether a connection may be kept after the request on it that is being answered.
    func mayKeep(_ connection: Connection) -> Bool {
        !isDraining.load(ordering: .relaxed) && idleCount.load(ordering: .relaxed) < limit
            && connection.descriptor < IdleDescriptors.capacity
    }

    /// How many connections wait for a request.
    var count: Int { max(idleCount.load(ordering: .relaxed), 0) }

    /// Puts a connection back until its next request; it belongs to the caller no more.
    ///
    /// - Returns: false when it could not be put back: the pool drains.
    func putBack(_ connection: Connection) -> Bool {
        guard connection.descriptor < IdleDescriptors.capacity else { return false }
        idle.insert(connection.descriptor)
        idleCount.add(1, ordering: .releasing)
        // Either this sees the drain or the drain sees the connection.
        if isDraining.load(ordering: .sequentiallyConsistent) {
            remove(connection.descriptor)
            return false
        }
        do throws(FastCGIError) {
            let operation = connection.isKept ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
            try set(operation, connection.descriptor, Self.anyInput)
            return true
        } catch {
            remove(connection.descriptor)
            return false
        }
    }

    /// Takes no new connections any more, and ends the idle ones.
    ///
    /// A connection that has a request already is left to a worker. The others take no more input, so that a web server
    /// that sends a request just now is told at once, and then end, so that it forgets them even if all workers are busy.
    func beginDrain() {
        isDraining.store(true, ordering: .sequentiallyConsistent)
        idle.visit { descriptor in
            if hasInput(descriptor) { return }
            _ = shutdown(descriptor, Int32(SHUT_RD))
            // What came in between is answered.
            if isAtEndOfInput(descriptor) { _ = shutdown(descriptor, Int32(SHUT_WR)) }
        }
        drain.raise()
    }

    private func set(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) throws(FastCGIError) {
        var event = epoll_event()
        event.events = events
        event.data.fd = descriptor
        try checked("epoll_ctl") { epoll_ctl(epoll.number, operation, descriptor, &event) }
    }

    /// One event at a time: a worker must not hold what another could serve.
    private func waitForEvent() -> epoll_event? {
        var event = epoll_event()
        while true {
            let count = epoll_wait(epoll.number, &event, 1, -1)
            if count > 0 { return event }
            if count == 0 || errno != EINTR { return nil }
        }
    }

    private func accept() -> Connection? {
        if isDraining.load(ordering: .relaxed) { return nil }
        let descriptor = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        if descriptor < 0, !isTransient(errno) { pause(errno) }
        // Only now, when the connection is out of the queue, or it would wake a second worker.
        try? set(EPOLL_CTL_MOD, listener, EPOLLIN.rawValue | EPOLLONESHOT.rawValue)
        return descriptor < 0 ? nil : Connection(descriptor: descriptor, isKept: false)
    }

    private func take(_ descriptor: Int32, _ event: epoll_event) -> Connection? {
        remove(descriptor)
        let hangUp = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
        if event.events & hangUp != 0, isAtEndOfInput(descriptor) {
            _ = close(descriptor)
            return nil
        }
        return Connection(descriptor: descriptor, isKept: true)
    }

    private func remove(_ descriptor: Int32) {
        idle.remove(descriptor)
        idleCount.subtract(1, ordering: .releasing)
    }

    /// Errors that concern one connection, or none (accept(2)).
    private func isTransient(_ code: Int32) -> Bool {
        [EAGAIN, EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH]
            .contains(code)
    }

    private func pause(_ code: Int32) {
        if isDraining.load(ordering: .relaxed) { return }
        report(.acceptFailed(errno: code))
        _ = waitForInput(on: drain.number, milliseconds: Self.pauseMilliseconds)
    }
}
