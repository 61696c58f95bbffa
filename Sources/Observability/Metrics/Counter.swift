import Synchronization

/// A number that only grows.
///
/// Increments are one atomic instruction, from any thread.
public final class Counter: Sendable {
    private let total = Atomic<UInt64>(0)

    init() {}

    /// Adds to the number.
    ///
    /// - Parameter amount: How much; what is negative is ignored, a counter never falls.
    public func add(_ amount: Int = 1) {
        guard amount > 0 else { return }
        total.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// The number so far.
    public var value: UInt64 { total.load(ordering: .relaxed) }
}
