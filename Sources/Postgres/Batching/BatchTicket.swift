import Glibc
import Synchronization

/// One caller's place in a batch: its binds on the way in, its outcome on the way out.
final class BatchTicket: Sendable {
    /// What a caller that waited is to do.
    enum Outcome: Sendable {
        /// Ask for all of these, the first of whom it is itself.
        case lead([BatchTicket])
        /// Take this row.
        case row(Row)
        /// Ask again alone: one caller's binds spoiled the batch.
        case alone
        /// Give up, as all do.
        case failed(PostgresError)
    }

    let binds: [Bind]
    /// When the caller came, on the monotonic clock in nanoseconds.
    let since = BatchTicket.now()
    private let outcome = Mutex(Outcome.alone)
    private let semaphore: Semaphore

    init(binds: [Bind]) {
        self.binds = binds
        semaphore = Semaphore()
    }

    /// Tells the caller its outcome and wakes it.
    func finish(_ outcome: Outcome) {
        self.outcome.withLock { $0 = outcome }
        semaphore.signal()
    }

    /// Waits for the outcome, and keeps none: a group that a ticket leads holds that ticket.
    ///
    /// It has no limit of its own: whoever leads is bound by the time limits of the pool and of its statement, and gives up those
    /// who have waited too long when it has done.
    func wait() -> Outcome {
        semaphore.wait()
        return outcome.withLock { outcome in
            defer { outcome = .alone }
            return outcome
        }
    }

    /// The monotonic clock in nanoseconds.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// A semaphore of POSIX (sem_init(3)); `Synchronization` has none.
///
/// `@unchecked Sendable`: the memory is only touched by `sem_post` and `sem_wait`, which any threads may call at once, and
/// by `deinit`, when nobody can wait any more.
private final class Semaphore: @unchecked Sendable {
    private let memory = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        sem_init(memory, 0, 0)
    }

    deinit {
        sem_destroy(memory)
        memory.deallocate()
    }

    func signal() {
        sem_post(memory)
    }

    func wait() {
        while sem_wait(memory) != 0, errno == EINTR {}
    }
}
