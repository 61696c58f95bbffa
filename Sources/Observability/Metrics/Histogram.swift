import Synchronization

/// Counts observations by size.
///
/// An observation is two atomic instructions, from any thread. Values are whole numbers of a small unit (nanoseconds), so that the sum needs no lock; the exposition converts them
/// to the base unit (seconds).
public final class Histogram: Sendable {
    /// Upper bounds in the small unit, ascending.
    private let bounds: [UInt64]
    /// One counter a bound and one for what is larger.
    private let buckets: [Counter]
    private let total = Atomic<UInt64>(0)

    init(bounds: [UInt64]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    /// Counts one observation.
    ///
    /// - Parameter value: The observation in the small unit.
    public func observe(_ value: UInt64) {
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].add()
        total.wrappingAdd(value, ordering: .relaxed)
    }

    /// How many observations were at most each bound, cumulative; the last is all of them.
    var cumulative: [UInt64] {
        var running: UInt64 = 0
        return buckets.map { bucket in
            running &+= bucket.value
            return running
        }
    }

    /// The sum of all observations in the small unit.
    var sum: UInt64 { total.load(ordering: .relaxed) }
}
