internal import Logging
internal import Observability
internal import Synchronization

/// Counts events that were lost, and tells the log: at once, and then at most every ten seconds, with their number.
final class AuditLosses: Sendable {
    private struct State {
        var untold = 0
        var cause = ""
        var nextTelling: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let metrics: AuditMetrics
    private let logger: Logger

    init(metrics: AuditMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// Counts lost events.
    ///
    /// - Parameters:
    ///   - events: How many.
    ///   - cause: Why, for the operator.
    func count(_ events: Int, cause: String) {
        metrics.dropped.add(events)
        state.withLock { state in
            state.untold += events
            state.cause = cause
        }
        tell()
    }

    /// Tells what has not been told yet, if it is time.
    ///
    /// - Parameter atOnce: Whether it is time in any case.
    func tell(atOnce: Bool = false) {
        let news = state.withLock { state -> (count: Int, cause: String)? in
            guard state.untold > 0 else { return nil }
            let now = ContinuousClock.now
            guard atOnce || state.nextTelling.map({ now >= $0 }) ?? true else { return nil }
            state.nextTelling = now + .seconds(10)
            defer { state.untold = 0 }
            return (state.untold, state.cause)
        }
        guard let news else { return }
        logger.error(
            "Audit records were lost",
            metadata: .fields([.count: .number(news.count), .reason: .string(news.cause)])
        )
    }
}
