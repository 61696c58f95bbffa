public import Logging
import Synchronization

/// The lowest severity that is logged, for all loggers at once; can change while the server runs.
///
/// A logger whose own level was set keeps that.
public final class LogThreshold: Sendable {
    private let index: Atomic<Int>

    /// Starts at a level.
    ///
    /// - Parameter level: The lowest severity that is logged.
    public init(_ level: Logger.Level) {
        index = Atomic(LogThreshold.index(of: level))
    }

    /// The lowest severity that is logged.
    public var level: Logger.Level {
        get { Logger.Level.allCases[index.load(ordering: .relaxed)] }
        set { index.store(LogThreshold.index(of: newValue), ordering: .relaxed) }
    }

    private static func index(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}
