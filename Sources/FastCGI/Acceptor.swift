internal import CFastCGI
internal import Glibc

/// The way in which one worker waits for connections.
///
/// Every worker has an epoll set of its own with `EPOLLEXCLUSIVE`, so that a connection wakes one idle thread and not
/// all of them (epoll_ctl(2)). The drain flag is in the set without it, so that it wakes everybody.
final class Acceptor {
    private let listener: Int32
    private let drain: EventFlag
    private let epoll: OwnedDescriptor
    private let report: @Sendable (WorkerEvent) -> Void

    /// The pause after an error that another attempt would only repeat, like a lack of descriptors.
    private static let pauseMilliseconds: Int32 = 100

    init(
        listener: Int32,
        drain: EventFlag,
        report: @escaping @Sendable (WorkerEvent) -> Void
    ) throws(FastCGIError) {
        self.listener = listener
        self.drain = drain
        self.report = report
        epoll = OwnedDescriptor(try checked("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        try add(listener, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue)
        try add(drain.number, EPOLLIN.rawValue)
    }

    private func add(_ descriptor: Int32, _ events: UInt32) throws(FastCGIError) {
        var event = epoll_event()
        event.events = events
        event.data.fd = descriptor
        try checked("epoll_ctl") { epoll_ctl(epoll.number, EPOLL_CTL_ADD, descriptor, &event) }
    }

    /// Waits for the next connection.
    ///
    /// - Returns: its descriptor, which blocks and is closed on exec; nil once the drain flag is up.
    func next() -> Int32? {
        while waitForConnection() {
            let connection = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
            if connection >= 0 { return connection }
            if !isTransient(errno) { pause(errno) }
        }
        return nil
    }

    private func waitForConnection() -> Bool {
        var events = (epoll_event(), epoll_event())
        while true {
            let count = withUnsafeMutableBytes(of: &events) { bytes in
                epoll_wait(epoll.number, bytes.assumingMemoryBound(to: epoll_event.self).baseAddress, 2, -1)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            return events.0.data.fd != drain.number && (count < 2 || events.1.data.fd != drain.number)
        }
    }

    /// Errors that concern one connection, or none: another worker was faster (accept(2)).
    private func isTransient(_ code: Int32) -> Bool {
        [EAGAIN, EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH]
            .contains(code)
    }

    private func pause(_ code: Int32) {
        report(.acceptFailed(errno: code))
        _ = waitForInput(on: drain.number, milliseconds: Self.pauseMilliseconds)
    }
}
