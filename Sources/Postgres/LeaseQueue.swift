import Glibc

/// The shell of `PoolState`: its lock, its clock, and the threads that wait.
///
/// `Synchronization` has no condition variable, so this wraps the POSIX ones: one mutex, and one condition for each
/// waiting thread, so that a lease that comes back wakes one thread and not all.
///
/// `@unchecked Sendable`: `state`, `connections`, `conditions` and `spare` are only touched with `mutex` held. A
/// connection is in `connections` only while nobody uses it, so it is either owned by one borrower or guarded by the
/// mutex; handing it over under the mutex orders one borrower's use before the next one's.
final class LeaseQueue: @unchecked Sendable {
    /// What a caller gets.
    enum Lease {
        /// An open connection.
        case connection(Connection, place: Int)
        /// A place to open a connection for.
        case place(Int)
        /// Nothing.
        case refused(PoolState.Refusal)
        /// Nothing within the time.
        case timedOut
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var conditions: [UnsafeMutablePointer<pthread_cond_t>] = []
    private var spare: [Int] = []
    private var connections: [Connection?]
    private var state: PoolState

    init(size: Int) {
        connections = Array(repeating: nil, count: size)
        state = PoolState(size: size)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        for condition in conditions {
            pthread_cond_destroy(condition)
            condition.deallocate()
        }
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Takes a connection, or the right to open one.
    ///
    /// - Parameter patience: How long to wait, in nanoseconds.
    /// - Returns: What the caller gets.
    func acquire(patience: Int64) -> Lease {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let start = Self.now()
        let waiter = takeCondition()
        defer { spare.append(waiter) }
        var outcome = state.acquire(waiter, now: start)
        while outcome.grant == .wait {
            guard wait(on: waiter, until: start + patience) else {
                signal(state.abandon(waiter).wake)
                return .timedOut
            }
            outcome = state.resume(waiter, now: Self.now())
            signal(outcome.wake)
        }
        return lease(for: outcome.grant)
    }

    /// Gives a connection back; it is closed instead where the pool no longer wants it.
    func release(_ connection: Connection, place: Int) {
        perform { state in
            connections[place] = connection
            return state.release(place)
        }
    }

    /// Reports that a connection is lost.
    ///
    /// The caller drops its own reference.
    func lost(place: Int) {
        perform { $0.lost(place) }
    }

    /// Reports that a connection cannot be lent again.
    ///
    /// The caller drops its own reference.
    func spoiled(place: Int) {
        perform { $0.spoiled(place) }
    }

    /// Reports that a place has its connection, which the caller keeps using.
    func connected(place: Int) {
        perform { $0.connected(place) }
    }

    /// Reports that no connection could be opened.
    func connectFailed(place: Int) {
        perform { $0.connectFailed(place, now: Self.now()) }
    }

    /// Refuses all further leases.
    func close() {
        perform { $0.close() }
    }

    var figures: PoolFigures {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return state.currentFigures
    }

    /// Applies an input; connections that it discards are closed after the lock is free, because that is I/O.
    private func perform(_ input: (inout PoolState) -> PoolState.Outcome) {
        var discarded: [Connection?] = []
        pthread_mutex_lock(mutex)
        let outcome = input(&state)
        for place in outcome.discard {
            discarded.append(connections[place])
            connections[place] = nil
        }
        signal(outcome.wake)
        pthread_mutex_unlock(mutex)
        withExtendedLifetime(discarded) {}
    }

    private func lease(for grant: PoolState.Grant?) -> Lease {
        switch grant {
        case .use(let place):
            guard let connection = connections[place] else { return .place(place) }
            connections[place] = nil
            return .connection(connection, place: place)
        case .connect(let place): return .place(place)
        case .refuse(let reason): return .refused(reason)
        case .wait, nil: return .timedOut
        }
    }

    /// The index of a condition for the calling thread, which is also its name as a waiter.
    private func takeCondition() -> Int {
        if let index = spare.popLast() { return index }
        let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines are read from the monotonic clock, so that setting the time of day cannot stretch them.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        conditions.append(condition)
        return conditions.count - 1
    }

    /// Waits to be woken (or for nothing: the caller asks the state again either way).
    ///
    /// - Returns: Whether there is time left.
    private func wait(on waiter: Int, until deadline: Int64) -> Bool {
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        return pthread_cond_timedwait(conditions[waiter], mutex, &time) != ETIMEDOUT
    }

    private func signal(_ waiters: [Int]) {
        for waiter in waiters { pthread_cond_signal(conditions[waiter]) }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
