internal import Synchronization

/// Whether a signal has asked for an end.
///
/// While what was begun is put in order, the first signal counts no more.
public final class Interruption: Sendable {
    private let signal = Atomic<Int32>(0)
    private let isCleaning = Atomic<Bool>(false)

    /// Nothing has been asked for yet.
    public init() {}

    /// Notes a signal.
    ///
    /// - Parameter number: Its number.
    /// - Returns: Whether it is the first.
    public func raise(_ number: Int32) -> Bool {
        signal.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent).exchanged
    }

    /// The signal that was noted, or 0.
    public var number: Int32 { signal.load(ordering: .sequentiallyConsistent) }

    /// Whether requests and waits are broken off now.
    public var isPressing: Bool { number != 0 && !isCleaning.load(ordering: .sequentiallyConsistent) }

    /// From now on requests go through.
    func beginCleaning() { isCleaning.store(true, ordering: .sequentiallyConsistent) }
}
