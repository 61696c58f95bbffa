internal import Glibc
internal import Synchronization

/// Threads of the operating system that answer requests, one at a time each.
///
/// The handlers block, in PostgreSQL, in files and in the connection; Swift's own executor has a thread a core and must
/// not be blocked. Uploads take as long as their clients, so they get a pool and a socket of their own. More requests
/// than threads wait, in the queue of the ``Listener`` or on connections that the web server keeps; a kept connection
/// holds no thread while it is idle.
public final class WorkerPool: Sendable {
    /// About how many idle connections a pool keeps, unless another number is given.
    ///
    /// As many as 16 processes of nginx keep with `keepalive 32`, and well below the 1024 descriptors that a process may
    /// have without further settings.
    public static let standardKeptConnections = 512

    let listener: Listener
    let handler: any RequestHandler
    let timeouts: Timeouts
    let counters = Counters()
    let connections: ConnectionSet
    let report: @Sendable (WorkerEvent) -> Void

    private let name: String
    private let workers: Int
    private let allLeft: EventFlag
    private let remaining = Atomic<Int>(0)
    private let isStarted = Atomic<Bool>(false)

    /// Prepares a pool; no thread runs before ``start()``.
    ///
    /// - Parameters:
    ///   - name: the name of the threads, as `ps -L` shows it; a number is added.
    ///   - listener: the socket; no other pool may use it.
    ///   - workers: the number of threads.
    ///   - handler: answers the requests, on all threads at once.
    ///   - keptConnections: about how many idle connections are kept; with more, a connection is closed after its answer.
    ///   - timeouts: the limits of every wait.
    ///   - onEvent: told what the log should know, on the thread of the worker.
    /// - Throws: ``FastCGIError/system(call:errno:)`` when the system has no descriptor left.
    public init(
        name: String,
        listener: Listener,
        workers: Int,
        handler: any RequestHandler,
        keptConnections: Int = WorkerPool.standardKeptConnections,
        timeouts: Timeouts = Timeouts(),
        onEvent: @escaping @Sendable (WorkerEvent) -> Void = { _ in }
    ) throws(FastCGIError) {
        self.name = name
        self.listener = listener
        self.workers = max(workers, 1)
        self.timeouts = timeouts
        self.handler = handler
        report = onEvent
        connections = try ConnectionSet(listener: listener.descriptor, limit: keptConnections, report: onEvent)
        allLeft = try EventFlag()
    }

    /// Starts the threads, with every signal blocked in them.
    ///
    /// - Throws: ``FastCGIError`` when a thread cannot be made; those that run are told to leave.
    public func start() throws(FastCGIError) {
        guard !isStarted.exchange(true, ordering: .relaxed) else { throw .alreadyStarted }
        try Library.initialise()
        remaining.store(workers, ordering: .relaxed)
        for index in 0..<workers {
            do throws(FastCGIError) {
                try WorkerThread.start(Worker(pool: self), name: "\(name)-\(index)") { self.leave(1) }
            } catch {
                beginDrain()
                leave(workers - index)
                throw error
            }
        }
    }

    /// Tells the threads to leave as soon as their request is answered.
    ///
    /// Returns at once. Idle threads leave now, and idle connections are closed, but for those that have brought a
    /// request: it is answered. On a socket that this process made, new connections are refused from now on, on one of
    /// systemd they wait for the next process.
    public func beginDrain() {
        connections.beginDrain()
        listener.refuse()
    }

    /// Waits until all threads have left.
    ///
    /// - Parameter deadlineSeconds: the longest wait.
    /// - Returns: true when no thread is left, false when the time has passed before.
    public func waitUntilDrained(deadlineSeconds: Double) -> Bool {
        guard isStarted.load(ordering: .relaxed) else { return true }
        let milliseconds = Int32(clamping: Int64(min(max(deadlineSeconds, 0), 1e6) * 1_000))
        return waitForInput(on: allLeft.number, milliseconds: milliseconds).isReadable
    }

    /// What the pool does at this moment, for monitoring; reads a few counters without a lock.
    public var figures: Figures {
        let busy = min(max(counters.busy.load(ordering: .relaxed), 0), workers)
        return Figures(
            busy: busy,
            idle: max(remaining.load(ordering: .relaxed) - busy, 0),
            kept: connections.count,
            accepted: counters.accepted.load(ordering: .relaxed),
            requests: counters.requests.load(ordering: .relaxed)
        )
    }

    private func leave(_ count: Int) {
        let rest = remaining.subtract(count, ordering: .acquiringAndReleasing).newValue
        if rest == 0 { allLeft.raise() }
    }
}
