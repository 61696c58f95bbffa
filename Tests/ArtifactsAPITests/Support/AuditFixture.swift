import Artifacts
import HTTPSemantics
import Logging
import Observability
import Synchronization

@testable import ArtifactsAPI
@testable import Postgres

/// A sink that keeps what it is given, and fails as it is told.
final class TestSink: AuditSink {
    private struct State {
        var events: [AuditEvent] = []
        var attempts = 0
        var failure: PostgresError.Code?
        var isRefused: @Sendable (AuditEvent) -> Bool = { _ in false }
        var removals: [Int] = []
        var isHeld = false
    }

    private let state = Mutex(State())

    var events: [AuditEvent] { state.withLock { $0.events } }
    var attempts: Int { state.withLock { $0.attempts } }
    var removals: [Int] { state.withLock { $0.removals } }

    /// From now on everything fails, or nothing.
    func fail(_ code: PostgresError.Code?) { state.withLock { $0.failure = code } }

    /// From now on batches with such an event are refused.
    func refuse(_ isRefused: @escaping @Sendable (AuditEvent) -> Bool) {
        state.withLock { $0.isRefused = isRefused }
    }

    func append(_ events: [AuditEvent]) throws(PostgresError) {
        let code = state.withLock { state -> PostgresError.Code? in
            state.attempts += 1
            if let failure = state.failure { return failure }
            if events.contains(where: state.isRefused) { return .server(.checkViolation) }
            state.events += events
            return nil
        }
        if let code { throw PostgresError(code, "as the test wants it") }
    }

    func removeExpired(before moment: Int64, batch: Int) throws(PostgresError) -> Int {
        state.withLock { state in
            state.removals.append(batch)
            return state.removals.count < 3 ? batch : 0
        }
    }
}

/// Log lines in memory.
struct TestLog: LogHandler {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.append("\(event.level): \(event.message) \(event.metadata ?? [:])")
    }
}

/// A trail over a ``TestSink``.
struct AuditFixture {
    let sink = TestSink()
    let lines = TestLog.Lines()
    let metrics: AuditMetrics
    let trail: AuditTrail

    init(_ mode: AuditTrail.Mode, capacity: Int = 1000) throws {
        metrics = try AuditMetrics(registry: MetricsRegistry())
        let handler = TestLog(lines: lines)
        trail = AuditTrail(
            mode: mode,
            sink: sink,
            capacity: capacity,
            retention: .seconds(86_400),
            metrics: metrics,
            logger: Logger(label: "test") { _ in handler }
        )
    }

    static func event(_ id: Int64, paths: [String] = []) -> AuditEvent {
        AuditEvent(
            id: id,
            createdAt: id,
            action: .download,
            actor: AuditActor(),
            projectID: 1,
            projectPath: "g/p",
            jobID: 1,
            subject: AuditSubject(paths: paths),
            delivery: .worker,
            status: 200,
            address: nil,
            requestID: "r"
        )
    }
}
