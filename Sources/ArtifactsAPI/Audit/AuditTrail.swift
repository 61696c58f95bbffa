public import Artifacts
internal import ArtifactsPostgres
internal import Glibc
public import Logging
public import Observability
public import Postgres
internal import Synchronization

/// The audit trail of a serving process, as faithful as the operator wants it.
///
/// What is recorded is that something was allowed, at the moment of the decision: a client may leave before the last byte,
/// and a change that was allowed may still fail.
public final class AuditTrail: Sendable {
    /// How faithfully events are recorded.
    public enum Mode: Sendable {
        /// Nothing is recorded.
        case off
        /// Events are written in batches by a thread; requests never wait for it.
        case batched
        /// Nothing is answered before its event is durable.
        case strict
    }

    private let mode: Mode
    private let sink: any AuditSink
    private let queue: AuditQueue
    private let writer: AuditWriter
    private let losses: AuditLosses
    private let metrics: AuditMetrics
    /// Events of several servers, or of one that was started anew, get other numbers; at most 53 bits, for JSON.
    private let nextID = Atomic(Int64.random(in: 1..<1 << 52))
    private let isStarted = Atomic(false)

    /// Puts a trail together.
    ///
    /// - Parameters:
    ///   - mode: How faithfully events are recorded.
    ///   - sink: Where they end up.
    ///   - capacity: How many events may wait to be written.
    ///   - retention: After which time events are removed, in any mode.
    ///   - metrics: Counts what happens.
    ///   - logger: Where losses and failures are told.
    public init(
        mode: Mode,
        sink: any AuditSink,
        capacity: Int,
        retention: Duration,
        metrics: AuditMetrics,
        logger: Logger
    ) {
        self.mode = mode
        self.sink = sink
        self.metrics = metrics
        queue = AuditQueue(capacity: capacity, batch: AuditWriter.batch, delay: AuditWriter.delay)
        losses = AuditLosses(metrics: metrics, logger: logger)
        writer = AuditWriter(
            queue: queue,
            sink: sink,
            retention: retention,
            metrics: metrics,
            losses: losses,
            logger: logger
        )
    }

    /// Starts the thread that writes and removes; call it once.
    ///
    /// - Returns: Whether the system gave a thread.
    public func start() -> Bool {
        let context = Unmanaged.passRetained(writer)
        var started = pthread_t()
        guard pthread_create(&started, nil, auditThread, context.toOpaque()) == 0 else {
            context.release()
            return false
        }
        pthread_detach(started)
        isStarted.store(true, ordering: .relaxed)
        return true
    }

    /// Writes what waits and ends the thread; for at most some seconds, as the database may be away.
    public func stop() {
        queue.close()
        guard isStarted.load(ordering: .relaxed),
            !queue.waitUntilFinished(deadline: AuditQueue.now() + 10_000_000_000)
        else { return }
        losses.count(queue.count, cause: "the server ended while the database did not answer")
        losses.tell(atOnce: true)
    }

    /// Whether anything is recorded.
    var isOn: Bool { mode != .off }

    /// A number for the next event.
    func makeID() -> Int64 { nextID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Records what has been allowed and is about to be answered.
    ///
    /// - Parameter event: The event.
    /// - Throws: `RequestFailure.unavailable` in the mode `strict` where it cannot be made durable; then nothing may be
    ///   answered but that.
    func record(_ event: AuditEvent) throws(RequestFailure) {
        switch mode {
        case .off: return
        case .batched: enqueue(event)
        case .strict:
            do throws(PostgresError) {
                try sink.append([event])
                metrics.written.add()
            } catch {
                metrics.writeFailures.add()
                throw .unavailable(cause: "audit: \(error.debugDescription)")
            }
        }
    }

    private func enqueue(_ event: AuditEvent) {
        if !queue.append(event) { losses.count(1, cause: "the queue is full, or the server ends") }
    }
}

extension AuditTrail {
    /// Records a change inside its transaction, in the mode `strict`: neither is there without the other.
    ///
    /// Call ``recordCommitted(_:)`` with the same event once the transaction is committed.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - connection: A connection inside the change's transaction.
    /// - Throws: `PostgresError` where the event cannot be written; the transaction has failed then, and the answer is
    ///   503 whatever the error says of itself.
    public func record(_ event: AuditEvent, in connection: Connection) throws(PostgresError) {
        guard mode == .strict else { return }
        do {
            try AuditLog.append(connection, [event])
        } catch {
            metrics.writeFailures.add()
            throw error
        }
    }

    /// Records a change that is committed, unless its transaction did.
    ///
    /// - Parameter event: The event.
    public func recordCommitted(_ event: AuditEvent) {
        switch mode {
        case .off: return
        case .batched: enqueue(event)
        case .strict: metrics.written.add()
        }
    }
}

/// The start of the writer's thread; signals are for the main thread.
private func auditThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard let context else { return nil }
    Unmanaged<AuditWriter>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
