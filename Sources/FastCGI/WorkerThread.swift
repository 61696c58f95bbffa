internal import CFastCGI
internal import Glibc

/// What a new thread is given: its worker, its name, and whom to tell when it ends.
private final class WorkerThreadStart {
    let worker: Worker
    let name: String
    let onExit: @Sendable () -> Void

    init(_ worker: Worker, _ name: String, _ onExit: @escaping @Sendable () -> Void) {
        self.worker = worker
        self.name = name
        self.onExit = onExit
    }
}

/// Starts the threads of workers.
enum WorkerThread {
    /// The longest name of a thread, without NUL (pthread_setname_np(3)).
    private static let longestName = 15

    /// Starts a detached thread that runs the worker and then calls back.
    ///
    /// A thread inherits the signal mask: all signals are blocked while it is made, so that none ever interrupts a
    /// read or write of libfcgi, which would take it for a lost connection.
    static func start(
        _ worker: Worker,
        name: String,
        onExit: @escaping @Sendable () -> Void
    ) throws(FastCGIError) {
        let start = Unmanaged.passRetained(WorkerThreadStart(worker, shortened(name), onExit))
        var everySignal = sigset_t()
        var previous = sigset_t()
        sigfillset(&everySignal)
        pthread_sigmask(SIG_SETMASK, &everySignal, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, workerThreadMain, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw .system(call: "pthread_create", errno: code)
        }
        pthread_detach(thread)
    }

    /// Shortens the part in front of the number.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > longestName, let dash = name.lastIndex(of: "-") else { return name }
        let number = name[dash...]
        return String(decoding: name.utf8.prefix(max(longestName - number.utf8.count, 0)), as: UTF8.self) + number
    }
}

/// The body of a worker's thread; a global function, as a closure could be inferred to belong to an actor.
private func workerThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<WorkerThreadStart>.fromOpaque(context).takeRetainedValue()
    pthread_setname_np(pthread_self(), start.name)
    start.worker.run()
    start.onExit()
    return nil
}
