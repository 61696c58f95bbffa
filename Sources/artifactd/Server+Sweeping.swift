import ArtifactsPostgres
import Configuration
import ContentStore
import Glibc
import Logging
import Observability
import Postgres
import Sweeping

extension SweepOptions {
    /// How the settings want contents swept.
    init(_ configuration: Configuration) {
        let life = configuration.delivery == .redirect ? configuration.urlTTL.components.seconds : 0
        self.init(
            batch: configuration.sweepBatch,
            removalDelay: configuration.removalDelay.components.seconds + life
        )
    }
}

extension Server {
    /// The thread that sweeps, with a connection of its own so that it never takes one from a request; `nil` where the
    /// settings leave sweeping to the command.
    static func sweeper(
        _ configuration: Configuration,
        _ store: ContentStore,
        _ registry: MetricsRegistry,
        _ logger: Logger
    ) throws(CommandFailure) -> BackgroundSweeper? {
        guard let interval = configuration.sweepInterval else { return nil }
        let sweeper = Sweeper(
            pool: ConnectionPool(
                conninfo: configuration.databaseURL,
                size: 1,
                applicationName: "artifactd sweeper",
                options: Sweeper.connectionOptions
            ),
            store: store,
            options: SweepOptions(configuration)
        )
        let journal: SweepJournal
        do {
            journal = SweepJournal(metrics: try SweepMetrics(registry: registry), logger: logger)
        } catch {
            throw .monitoring(error)
        }
        do {
            return try BackgroundSweeper(sweeper: sweeper, interval: interval.components.seconds) { journal.note($0) }
        } catch {
            throw .sweeping(error)
        }
    }
}

/// Carries what the sweeper does into metrics and log.
private struct SweepJournal: Sendable {
    let metrics: SweepMetrics
    let logger: Logger

    func note(_ event: BackgroundSweeper.Event) {
        switch event {
        case .batch(let report): count(report)
        case .failure(let what, let reason):
            logger.warning(
                "Something could not be swept",
                metadata: .fields([.file: .string(what), .error: .string(reason)])
            )
        case .finished(let report, let isPass): finish(report, isPass)
        case .failed(let error):
            metrics.failures.add()
            logger.warning("Sweeping failed", metadata: .fields([.error: .string("\(error)")]))
        }
    }

    private func count(_ report: SweepReport) {
        metrics.countRows(Int(clamping: report.expired.rows), reason: .expired)
        metrics.countRows(Int(clamping: report.deleted.rows), reason: .projectDeletion)
        metrics.logsArchived.add(Int(clamping: report.archivedLogs.rows))
        metrics.contentsRemoved.add(Int(clamping: report.removed.rows))
        metrics.bytesRemoved.add(Int(clamping: report.removed.bytes))
        metrics.removalFailures.add(report.failures)
    }

    private func finish(_ report: SweepReport, _ isPass: Bool) {
        if let backlog = report.backlog {
            metrics.setBacklog(Int(clamping: backlog.released), of: .released)
            metrics.setBacklog(Int(clamping: backlog.condemned), of: .condemned)
            metrics.setBacklog(Int(clamping: backlog.deletions), of: .deletions)
        }
        if isPass { metrics.lastSuccess.set(time(nil)) }
        guard report.didSomething else { return }
        logger.info("Swept", metadata: .fields([.reason: .string(report.summary)]))
    }
}
