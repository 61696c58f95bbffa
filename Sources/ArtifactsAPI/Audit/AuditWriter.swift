internal import Artifacts
internal import Glibc
internal import Logging
internal import Observability
internal import Postgres

/// The one thread that brings queued events into the database, and removes those past their retention.
///
/// `@unchecked Sendable`: `backlog` and the times are touched by `init`, which the thread's start orders, and by that
/// thread only.
final class AuditWriter: @unchecked Sendable {
    /// How many events one statement adds.
    static let batch = 500
    /// How long an event waits for others, in nanoseconds: it is durable within the second that the setting promises.
    static let delay: Int64 = 400_000_000
    /// How many events one statement removes.
    static let removalBatch = 2000
    /// How often it is looked for events past their retention, in nanoseconds.
    private static let removalInterval: Int64 = 3_600_000_000_000
    private static let removalRetry: Int64 = 60_000_000_000
    /// How long writing is tried once the queue is closed, in nanoseconds.
    private static let patience: Int64 = 5_000_000_000

    private let queue: AuditQueue
    private let sink: any AuditSink
    private let retention: Int64
    private let metrics: AuditMetrics
    private let losses: AuditLosses
    private let logger: Logger
    /// Taken from the queue and not settled.
    private var backlog: ArraySlice<AuditEvent> = []
    private var nextRemoval: Int64
    private var isFailing = false

    init(
        queue: AuditQueue,
        sink: any AuditSink,
        retention: Duration,
        metrics: AuditMetrics,
        losses: AuditLosses,
        logger: Logger
    ) {
        self.queue = queue
        self.sink = sink
        let microseconds = retention.components.seconds.multipliedReportingOverflow(by: 1_000_000)
        self.retention = microseconds.overflow ? .max : microseconds.partialValue
        self.metrics = metrics
        self.losses = losses
        self.logger = logger
        nextRemoval = AuditQueue.now() + Self.delay
    }

    /// Works until the queue is closed and empty.
    func run() {
        while true {
            let retry = backlog.isEmpty ? nextRemoval : min(nextRemoval, AuditQueue.now() + Self.delay)
            let taken = queue.take(deadline: retry)
            backlog = backlog.isEmpty ? taken.events[...] : backlog + taken.events
            write()
            losses.tell()
            if taken.isClosed { return finish() }
            if AuditQueue.now() >= nextRemoval { remove() }
            metrics.queued.set(queue.count)
        }
    }

    /// Writes batch by batch until nothing is left or the database fails.
    private func write() {
        while !backlog.isEmpty {
            let batch = backlog.prefix(Self.batch)
            do throws(PostgresError) {
                try sink.append(Array(batch))
                settle(batch, metrics.written)
                isFailing = false
            } catch {
                metrics.writeFailures.add()
                guard error.refusesData else { return report(error) }
                guard writeSingly(batch) else { return }
            }
        }
    }

    /// Finds the events that the database would never take, so that they do not hold up the others.
    ///
    /// - Returns: Whether all of the batch is settled.
    private func writeSingly(_ batch: ArraySlice<AuditEvent>) -> Bool {
        for index in batch.indices {
            let event = batch[index...index]
            do throws(PostgresError) {
                try sink.append(Array(event))
                settle(event, metrics.written)
            } catch {
                guard error.refusesData else {
                    report(error)
                    return false
                }
                losses.count(1, cause: error.debugDescription)
                settle(event, nil)
            }
        }
        return true
    }

    private func settle(_ events: ArraySlice<AuditEvent>, _ counter: Counter?) {
        counter?.add(events.count)
        queue.settle(events)
        backlog = backlog.dropFirst(events.count)
    }

    /// Told once until it works again; the metric counts every attempt.
    private func report(_ error: PostgresError) {
        if !isFailing {
            logger.error(
                "The audit trail cannot be written; records wait",
                metadata: .fields([.error: .string(error.debugDescription), .count: .number(queue.count)])
            )
        }
        isFailing = true
    }

    private func finish() {
        let end = AuditQueue.now() + Self.patience
        while !backlog.isEmpty, AuditQueue.now() < end {
            usleep(200_000)
            write()
        }
        if !backlog.isEmpty { losses.count(backlog.count, cause: "the server ended") }
        losses.tell(atOnce: true)
        queue.finish()
    }

    /// One batch at a time, so that events that come in are written in between.
    private func remove() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        do throws(PostgresError) {
            let removed = try sink.removeExpired(before: max(0, now - retention), batch: Self.removalBatch)
            metrics.removed.add(removed)
            nextRemoval = AuditQueue.now() + (removed < Self.removalBatch ? Self.removalInterval : Self.delay)
        } catch {
            logger.warning(
                "Audit records past their retention could not be removed",
                metadata: .fields([.error: .string(error.debugDescription)])
            )
            nextRemoval = AuditQueue.now() + Self.removalRetry
        }
    }
}

extension PostgresError {
    /// Whether the very values were refused, so that trying again is no use.
    fileprivate var refusesData: Bool {
        switch code {
        case .encoding, .server(SQLState.Class.dataException),
            .server(SQLState.Class.integrityConstraintViolation):
            true
        default: false
        }
    }
}
