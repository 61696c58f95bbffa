internal import Glibc
internal import Synchronization

/// A thread of the operating system that sweeps while the server serves.
///
/// It makes a pass in every interval, works off deletions of projects as soon as it is told of one or sees one that
/// another process took in, and ends between two batches. A failure never ends it: the next pass tries anew.
public final class BackgroundSweeper: Sendable {
    /// What the thread tells of.
    public enum Event: Sendable {
        /// A batch is committed.
        case batch(SweepReport)
        /// A file could not be unlinked, a row not deleted, or a deletion of a project not worked off.
        case failure(what: String, reason: String)
        /// A pass or the work on deletions came to its end.
        case finished(SweepReport, isPass: Bool)
        /// It did not.
        case failed(SweepError)
    }

    private let sweeper: Sweeper
    private let interval: Int64
    private let report: @Sendable (Event) -> Void
    private let flag: WakeFlag
    private let isStopping = Atomic<Bool>(false)
    private let thread = Mutex<pthread_t?>(nil)

    /// How often deletions that other processes took in are looked for, in milliseconds.
    private static let lookout: Int64 = 2000

    /// Prepares the thread; it does not run before ``start()``.
    ///
    /// - Parameters:
    ///   - sweeper: What it runs.
    ///   - interval: How many seconds are between two passes; each wait is up to a tenth longer or shorter, so that
    ///     several servers drift apart.
    ///   - onEvent: Told what the log and the metrics should know, on the sweeper's thread.
    /// - Throws: ``SweepError/system(call:code:)`` when the system has no descriptor left.
    public init(
        sweeper: Sweeper,
        interval: Int64,
        onEvent: @escaping @Sendable (Event) -> Void
    ) throws(SweepError) {
        self.sweeper = sweeper
        self.interval = max(1, interval)
        report = onEvent
        flag = try WakeFlag()
    }

    /// Starts the thread, with every signal blocked in it.
    ///
    /// - Throws: ``SweepError/system(call:code:)`` when it cannot be made.
    public func start() throws(SweepError) {
        var everySignal = sigset_t()
        var previous = sigset_t()
        sigfillset(&everySignal)
        pthread_sigmask(SIG_SETMASK, &everySignal, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let context = Unmanaged.passRetained(self)
        var made = pthread_t()
        let code = pthread_create(&made, nil, sweeperThread, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw .system(call: "pthread_create", code: code)
        }
        thread.withLock { $0 = made }
    }

    /// Says that there is a deletion to work off: it is begun at once, or when the pass that runs is done.
    public func wake() {
        flag.raise()
    }

    /// Ends the thread between two batches, and waits for that.
    public func stop() {
        isStopping.store(true, ordering: .releasing)
        flag.raise()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let running { pthread_join(running, nil) }
    }

    fileprivate func run() {
        // The first pass comes soon: the server may have been down for long.
        var nextPass = Self.now() + Int64.random(in: 0...min(interval * 100, 2000))
        while !isStopping.load(ordering: .acquiring) {
            let rest = max(0, nextPass - Self.now())
            flag.wait(milliseconds: min(rest, Self.lookout))
            if isStopping.load(ordering: .acquiring) { return }
            if Self.now() >= nextPass {
                perform(isPass: true)
                nextPass = Self.now() + interval * 1000 + Int64.random(in: -interval * 100...interval * 100)
            } else {
                perform(isPass: false)
            }
        }
    }

    private func perform(isPass: Bool) {
        let control = SweepControl(
            shouldStop: { self.isStopping.load(ordering: .acquiring) },
            onBatch: { self.report(.batch($0)) },
            onFailure: { self.report(.failure(what: $0, reason: $1)) }
        )
        do throws(SweepError) {
            if isPass {
                report(.finished(try sweeper.pass(control), isPass: true))
            } else {
                if try sweeper.hasDeletions() { report(.finished(try sweeper.drain(control), isPass: false)) }
                try sweeper.notice()
            }
        } catch {
            report(.failed(error))
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// The body of the thread; a global function, as a closure could be inferred to belong to an actor.
private func sweeperThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<BackgroundSweeper>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
