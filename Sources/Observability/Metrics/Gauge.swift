import Synchronization

/// A whole number that rises and falls.
///
/// Changes are one atomic instruction, from any thread.
public final class Gauge: Sendable {
    private let current = Atomic<Int>(0)

    init() {}

    /// Sets the number.
    ///
    /// - Parameter value: The new number.
    public func set(_ value: Int) { current.store(value, ordering: .relaxed) }

    /// Changes the number.
    ///
    /// - Parameter amount: How much, negative to lower it.
    public func add(_ amount: Int) { current.wrappingAdd(amount, ordering: .relaxed) }

    /// The number now.
    public var value: Int { current.load(ordering: .relaxed) }
}
