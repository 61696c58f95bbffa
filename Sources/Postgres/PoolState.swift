/// Who may use which place of the pool, decided without I/O, locks or a clock.
///
/// A place holds one connection or none. The shell (`LeaseQueue`) calls an input under its lock, acts on the outcome
/// after it, and passes the time in nanoseconds of a monotonic clock.
///
/// A place goes `vacant → connecting → leased ⇄ idle`, and back to `vacant` whenever its connection is given up.
struct PoolState {
    typealias Nanoseconds = Int64

    /// What the caller may do.
    enum Grant: Equatable {
        /// Use the connection of this place.
        case use(Int)
        /// Open a connection for this place, then report `connected` or `connectFailed`.
        case connect(Int)
        /// Wait to be woken, then `resume`.
        case wait
        /// Give up at once.
        case refuse(Refusal)
    }

    /// Why a caller gets nothing.
    enum Refusal: Equatable {
        /// The pool was closed.
        case closed
        /// Connecting failed a moment ago and no connection is left.
        case unreachable
    }

    /// What an input asks of the shell.
    struct Outcome: Equatable {
        var grant: Grant?
        /// Waiters to wake.
        var wake: [Int] = []
        /// Places whose connection must be closed.
        var discard: [Int] = []
    }

    private enum Phase {
        case vacant
        case connecting
        case idle
        case leased
    }

    /// Whether to try to connect: after a failure one caller tries again at a time, and not too often.
    private enum Circuit: Equatable {
        /// Connecting works, as far as is known.
        case closed
        /// Connecting failed; nobody tries before `until`. Goes to `probing`.
        case open(until: Nanoseconds, pause: Nanoseconds)
        /// One caller is trying. Goes to `closed` or, with a longer pause, to `open`.
        case probing(pause: Nanoseconds)
    }

    private struct Waiter {
        let id: Int
        let since: Nanoseconds
    }

    /// A newcomer may take an idle connection ahead of the waiters (which saves a thread switch), but not once the
    /// first of them has waited this long.
    static let patience: Nanoseconds = 20_000_000
    /// How long nobody connects after a first failure, and at most after repeated ones.
    static let pauses: ClosedRange<Nanoseconds> = 250_000_000...1_000_000_000

    private var phases: [Phase]
    private var generations: [Int]
    private var wasOpen: [Bool]
    private var idle: [Int] = []
    private var vacant: [Int]
    private var waiters: [Waiter] = []
    private var circuit = Circuit.closed
    private var isClosed = false
    /// Counts the losses.
    ///
    /// A connection that was opened before the latest loss is not trusted: when the server restarts, one caller finds
    /// out and the others need not.
    private var generation = 0

    private(set) var figures: PoolFigures

    /// A pool without connections.
    ///
    /// - Parameter size: The number of places.
    init(size: Int) {
        phases = Array(repeating: .vacant, count: size)
        generations = Array(repeating: 0, count: size)
        wasOpen = Array(repeating: false, count: size)
        vacant = Array((0..<size).reversed())
        figures = PoolFigures(size: size)
    }

    /// A caller wants a connection.
    mutating func acquire(_ waiter: Int, now: Nanoseconds) -> Outcome {
        let mustQueue = waiters.first.map { now - $0.since >= Self.patience } ?? false
        if let grant = decide(now: now, mayUseIdle: !mustQueue) { return Outcome(grant: grant) }
        waiters.append(Waiter(id: waiter, since: now))
        figures.waitsTotal &+= 1
        return Outcome(grant: .wait)
    }

    /// A woken waiter asks again.
    mutating func resume(_ waiter: Int, now: Nanoseconds) -> Outcome {
        guard let grant = decide(now: now, mayUseIdle: true) else { return Outcome(grant: .wait) }
        waiters.removeAll { $0.id == waiter }
        return Outcome(grant: grant, wake: wakes())
    }

    /// A waiter's time is up.
    mutating func abandon(_ waiter: Int) -> Outcome {
        waiters.removeAll { $0.id == waiter }
        figures.timeoutsTotal &+= 1
        return Outcome(wake: wakes())
    }

    /// The connection of a place is open, and its caller uses it.
    mutating func connected(_ place: Int) -> Outcome {
        circuit = .closed
        phases[place] = .leased
        figures.connectsTotal &+= 1
        if wasOpen[place] { figures.reconnectsTotal &+= 1 }
        wasOpen[place] = true
        return Outcome(wake: wakes())
    }

    /// No connection could be opened for a place.
    mutating func connectFailed(_ place: Int, now: Nanoseconds) -> Outcome {
        vacate(place)
        figures.failuresTotal &+= 1
        switch circuit {
        case .closed: open(pause: Self.pauses.lowerBound, now: now)
        case .probing(let pause): open(pause: min(pause * 2, Self.pauses.upperBound), now: now)
        case .open: break
        }
        return Outcome(wake: wakes())
    }

    /// A connection comes back in order.
    mutating func release(_ place: Int) -> Outcome {
        guard !isClosed, generations[place] == generation else {
            vacate(place)
            return Outcome(wake: wakes(), discard: [place])
        }
        phases[place] = .idle
        idle.append(place)
        return Outcome(wake: wakes())
    }

    /// A connection turned out to be lost: those opened before it are given up with it.
    mutating func lost(_ place: Int) -> Outcome {
        var discard = [place]
        if generations[place] == generation {
            generation += 1
            discard += dropIdle()
        }
        vacate(place)
        return Outcome(wake: wakes(), discard: discard)
    }

    /// A connection came back in a state that cannot be lent again, though the server is well.
    mutating func spoiled(_ place: Int) -> Outcome {
        vacate(place)
        return Outcome(wake: wakes(), discard: [place])
    }

    /// No more leases; connections in use are closed when they come back.
    mutating func close() -> Outcome {
        isClosed = true
        return Outcome(wake: wakes(), discard: dropIdle())
    }

    /// The figures at this moment.
    var currentFigures: PoolFigures {
        var current = figures
        current.idle = idle.count
        current.leased = phases.count { $0 == .leased }
        current.waiting = waiters.count
        current.isReachable = circuit == .closed
        return current
    }

    private mutating func decide(now: Nanoseconds, mayUseIdle: Bool) -> Grant? {
        guard !isClosed else { return .refuse(.closed) }
        if mayUseIdle, let place = idle.popLast() {
            phases[place] = .leased
            return .use(place)
        }
        guard mayConnect(now: now) else { return hasLiveConnection ? nil : .refuse(.unreachable) }
        guard let place = vacant.popLast() else { return nil }
        if case .open(_, let pause) = circuit { circuit = .probing(pause: pause) }
        phases[place] = .connecting
        generations[place] = generation
        return .connect(place)
    }

    private func mayConnect(now: Nanoseconds) -> Bool {
        switch circuit {
        case .closed: true
        case .open(let until, _): now >= until
        case .probing: false
        }
    }

    /// Whether a connection that is not known to be doubtful is idle, or will come back.
    private var hasLiveConnection: Bool {
        phases.indices.contains { place in
            generations[place] == generation && (phases[place] == .idle || phases[place] == .leased)
        }
    }

    /// The waiters that something has changed for: all when they must be refused, else the first when it can be served.
    private func wakes() -> [Int] {
        guard let first = waiters.first else { return [] }
        if isClosed || (circuit != .closed && !hasLiveConnection) { return waiters.map(\.id) }
        return !idle.isEmpty || (circuit == .closed && !vacant.isEmpty) ? [first.id] : []
    }

    private mutating func open(pause: Nanoseconds, now: Nanoseconds) {
        circuit = .open(until: now + pause, pause: pause)
    }

    private mutating func vacate(_ place: Int) {
        phases[place] = .vacant
        vacant.append(place)
    }

    private mutating func dropIdle() -> [Int] {
        let dropped = idle
        idle.removeAll(keepingCapacity: true)
        for place in dropped { vacate(place) }
        return dropped
    }
}
