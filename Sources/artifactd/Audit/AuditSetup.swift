import ArtifactsAPI
import ArtifactsPostgres
import Configuration
import Logging
import Observability
import Postgres

/// The audit trail of the server, as it is configured.
enum AuditSetup {
    static func trail(
        _ configuration: Configuration,
        _ pool: ConnectionPool,
        _ registry: MetricsRegistry,
        _ logger: Logger
    ) throws(CommandFailure) -> AuditTrail {
        let metrics: AuditMetrics
        do { metrics = try AuditMetrics(registry: registry) } catch { throw .monitoring(error) }
        return AuditTrail(
            mode: configuration.audit.mode,
            sink: AuditLog(pool: pool) { error in
                logger.info(
                    "A batch of the audit trail could not be copied and is inserted",
                    metadata: .fields([.error: .string(error.debugDescription)])
                )
            },
            capacity: configuration.auditQueue,
            retention: configuration.auditRetention,
            metrics: metrics,
            logger: logger
        )
    }

    static func start(_ trail: AuditTrail) throws(CommandFailure) {
        guard trail.start() else {
            throw CommandFailure(status: .unavailable, message: "the system gives no thread for the audit trail")
        }
    }
}

extension Configuration.Audit {
    /// The mode as the trail names it.
    fileprivate var mode: AuditTrail.Mode {
        switch self {
        case .off: .off
        case .on: .batched
        case .strict: .strict
        }
    }
}
