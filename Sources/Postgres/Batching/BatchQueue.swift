/// Who asks now and who waits, for one statement; decided without locks or I/O.
///
/// A lane is a batch under way. Whoever comes while a lane is free asks at once and alone, so that nobody ever waits for
/// company; whoever comes later waits for a lane and goes on together with all who wait then. The batches grow with
/// the load by themselves.
struct BatchQueue<Caller> {
    private let lanes: Int
    private let largest: Int
    private var busy = 0
    private(set) var waiting: [Caller] = []

    /// A queue in which nobody waits.
    ///
    /// - Parameters:
    ///   - lanes: How many batches may be under way, at least 1.
    ///   - largest: How many callers a batch may have, at least 1.
    init(lanes: Int, largest: Int) {
        self.lanes = max(1, lanes)
        self.largest = max(1, largest)
    }

    /// Takes a free lane.
    ///
    /// - Returns: Whether there was one; otherwise the caller has to ``wait(_:)``.
    mutating func enter() -> Bool {
        guard busy < lanes else { return false }
        busy += 1
        return true
    }

    /// Adds a caller that found no lane.
    mutating func wait(_ caller: Caller) {
        waiting.append(caller)
    }

    /// Gives a lane back.
    ///
    /// - Returns: The callers that go on in it, those first who came first; empty when nobody waits and the lane is free.
    mutating func leave() -> [Caller] {
        guard !waiting.isEmpty else {
            busy -= 1
            return []
        }
        let group = Array(waiting.prefix(largest))
        waiting.removeFirst(group.count)
        return group
    }

    /// Gives a lane back and keeps nobody waiting.
    ///
    /// - Returns: All who waited.
    mutating func giveUp() -> [Caller] {
        busy -= 1
        defer { waiting.removeAll() }
        return waiting
    }
}
