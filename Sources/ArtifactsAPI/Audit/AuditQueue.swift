internal import Artifacts
internal import Glibc

/// Events on their way from the workers to the one thread that writes them: bounded, and never waited for.
///
/// `Synchronization` has no condition variable, so this wraps the POSIX ones.
///
/// `@unchecked Sendable`: all variables are only touched with `mutex` held.
final class AuditQueue: @unchecked Sendable {
    private let capacity: Int
    private let batch: Int
    private let delay: Int64
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var events: [AuditEvent] = []
    /// When the oldest of `events` came, on the monotonic clock.
    private var oldest: Int64 = 0
    /// What is in `events` or was taken and not settled yet.
    private var weight = 0
    private var unsettled = 0
    private var isClosed = false
    private var isFinished = false

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - capacity: How many events of ordinary size may be unsettled.
    ///   - batch: How many wake the writer at once.
    ///   - delay: How long an event may wait for others, in nanoseconds.
    init(capacity: Int, batch: Int, delay: Int64) {
        self.capacity = capacity
        self.batch = min(batch, capacity)
        self.delay = delay
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines are read from the monotonic clock, so that setting the time of day cannot stretch them.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Takes an event in, unless the queue is full or closed.
    ///
    /// - Returns: Whether it was taken.
    func append(_ event: AuditEvent) -> Bool {
        let cost = Self.cost(event)
        let now = Self.now()
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed, weight + cost <= capacity else { return false }
        if events.isEmpty { oldest = now }
        events.append(event)
        weight += cost
        unsettled += 1
        if events.count == 1 || events.count == batch { pthread_cond_signal(condition) }
        return true
    }

    /// Waits until there is a batch, events have waited long enough, the queue is closed, or it is time anyway.
    ///
    /// - Parameter deadline: When it is time anyway, on the monotonic clock in nanoseconds.
    /// - Returns: All events that wait, and whether no more will come.
    func take(deadline: Int64) -> (events: [AuditEvent], isClosed: Bool) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isClosed, events.count < batch {
            let end = events.isEmpty ? deadline : min(deadline, oldest + delay)
            guard Self.now() < end else { break }
            wait(until: end)
        }
        var taken: [AuditEvent] = []
        swap(&taken, &events)
        return (taken, isClosed)
    }

    /// Makes the room of events that were taken free: they are written, or lost for good.
    func settle(_ events: ArraySlice<AuditEvent>) {
        let cost = events.reduce(0) { $0 + Self.cost($1) }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        weight -= cost
        unsettled -= events.count
    }

    /// How many events are neither written nor lost.
    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return unsettled
    }

    /// Wakes the writer for the last time.
    func close() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isClosed = true
        pthread_cond_signal(condition)
    }

    /// Says that nothing will be taken any more.
    func finish() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isFinished = true
        pthread_cond_broadcast(condition)
    }

    /// Waits for the end of the writer.
    ///
    /// - Parameter deadline: How long, on the monotonic clock in nanoseconds.
    /// - Returns: Whether it has ended.
    func waitUntilFinished(deadline: Int64) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isFinished, Self.now() < deadline { wait(until: deadline) }
        return isFinished
    }

    private func wait(until end: Int64) {
        var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        pthread_cond_timedwait(condition, mutex, &time)
    }

    /// The monotonic clock in nanoseconds.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Events with long paths, which clients choose, count for several: the queue bounds memory, not only their number.
    private static func cost(_ event: AuditEvent) -> Int {
        event.subject.paths.reduce(1) { $0 + $1.utf8.count / 512 } + event.subject.paths.count / 8
    }
}
