import Glibc
import Synchronization

/// The operators' listener: health, liveness, readiness and metrics over plain HTTP, on an address of its own.
///
/// A handful of blocking threads serve one connection each, with a deadline, so that mute clients cannot keep a probe
/// from its answer for long. There is no keep-alive: probes are rare.
public final class MonitoringServer: Sendable {
    /// How long a connection may last, in seconds.
    public static let connectionTimeout = 2.0

    /// How many connections are served at once.
    static let threadCount = 4

    /// `host:port` as it is bound, with the port that the system chose for port 0.
    public let address: String

    private let listener: Int32
    private let stopSignal: StopSignal
    private let stopping = Atomic(false)
    private let threads = Mutex<[pthread_t]>([])
    private let registry: MetricsRegistry
    private let readiness: Readiness

    /// Binds the address; connections wait until ``start()``.
    ///
    /// - Parameters:
    ///   - address: `host:port`, an IPv6 address in brackets; port 0 lets the system choose.
    ///   - registry: The metrics that are exposed.
    ///   - checks: What readiness depends on; results are kept for about a second.
    /// - Throws: An ``ObservabilityError`` that names the address: it is malformed, in use, or not allowed.
    public init(
        address: String,
        registry: MetricsRegistry,
        checks: [HealthCheck]
    ) throws(ObservabilityError) {
        let bound = try TCPListener(address)
        guard let signal = StopSignal() else {
            let code = errno
            close(bound.descriptor)
            throw ObservabilityError(.cannotListen, address, detail: SystemError.text(code))
        }
        self.address = bound.address
        self.registry = registry
        listener = bound.descriptor
        stopSignal = signal
        readiness = Readiness(checks: checks)
    }

    deinit { close(listener) }

    /// Starts the threads; call it once.
    ///
    /// - Throws: An ``ObservabilityError`` if the system gives no thread.
    public func start() throws(ObservabilityError) {
        for _ in 0..<MonitoringServer.threadCount {
            var thread = pthread_t()
            let context = Unmanaged.passRetained(self)
            let status = pthread_create(&thread, nil, monitoringThread, context.toOpaque())
            guard status == 0 else {
                context.release()
                stop()
                throw ObservabilityError(.cannotStartThread, address, detail: SystemError.text(status))
            }
            threads.withLock { $0.append(thread) }
        }
    }

    /// Makes readiness fail from now on, so that a load balancer looks elsewhere while requests in flight end.
    public func beginStopping() {
        stopping.store(true, ordering: .relaxed)
    }

    /// Ends the threads, waits for them and frees the port; connections that are open are closed.
    public func stop() {
        beginStopping()
        stopSignal.raise()
        let running = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in running { pthread_join(thread, nil) }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// What each thread does: serve one connection after the other until the server stops.
    func run() {
        let routes = MonitoringRoutes(registry: registry, readiness: readiness) { [self] in
            stopping.load(ordering: .relaxed)
        }
        while waitForConnection() {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else {
                backOff(after: errno)
                continue
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            let deadline = MonotonicTime.seconds() + MonitoringServer.connectionTimeout
            MonitoringConnection(descriptor: descriptor, stop: stopSignal.descriptor, deadline: deadline).serve(routes)
        }
    }

    /// Another thread may have been faster; without free descriptors the connection stays pending and would spin.
    private func backOff(after code: Int32) {
        guard code == EMFILE || code == ENFILE else { return }
        var polled = pollfd(fd: stopSignal.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&polled, 1, 100)
    }

    private func waitForConnection() -> Bool {
        var polled = [
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopSignal.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&polled, 2, -1)
            if polled[1].revents != 0 { return false }
            if count > 0 { return true }
            guard count < 0, errno == EINTR else { return false }
        }
    }
}

/// The start of a thread of a ``MonitoringServer``; signals are for the main thread.
private func monitoringThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard let context else { return nil }
    Unmanaged<MonitoringServer>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
