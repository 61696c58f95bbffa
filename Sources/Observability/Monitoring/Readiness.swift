import Synchronization

/// Runs the checks at most once a second, by one thread at a time, whoever asks how often.
///
/// A check that hangs must not hang the probes: while it runs others get the last report, and once that is too old
/// a report that says so.
final class Readiness: Sendable {
    /// What a caller has to do.
    enum Decision: Equatable {
        /// Answer with this report.
        case answer(HealthReport)
        /// Run the checks, then call ``State/finish(_:now:)``.
        case runChecks
    }

    /// The logic without its effects; times are seconds of any clock that only moves forward.
    struct State {
        private var last: (report: HealthReport, time: Double)?
        private var runningSince: Double?

        /// Decides for a caller at a time.
        mutating func decide(now: Double) -> Decision {
            if let last, now - last.time < Readiness.freshness { return .answer(last.report) }
            guard let runningSince else {
                self.runningSince = now
                return .runChecks
            }
            if let last, now - runningSince < Readiness.patience { return .answer(last.report) }
            return .answer(HealthReport(results: [.init(name: "health", failure: "the checks have not finished yet")]))
        }

        /// Stores what the checks found.
        mutating func finish(_ report: HealthReport, now: Double) {
            last = (report, now)
            runningSince = nil
        }
    }

    /// How long a report is good, in seconds.
    static let freshness = 1.0

    /// How long checks may run before their last report counts no more, in seconds.
    static let patience = 5.0

    private let checks: [HealthCheck]
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    init(checks: [HealthCheck], now: @escaping @Sendable () -> Double = MonotonicTime.seconds) {
        self.checks = checks
        self.now = now
    }

    /// The report that is good now.
    func report() -> HealthReport {
        switch state.withLock({ $0.decide(now: now()) }) {
        case .answer(let report):
            return report
        case .runChecks:
            let report = HealthReport(results: checks.map { .init(name: $0.name, failure: $0.run()) })
            state.withLock { $0.finish(report, now: now()) }
            return report
        }
    }
}
