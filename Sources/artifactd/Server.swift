import ArtifactsAPI
import ArtifactsPostgres
import Configuration
import ContentStore
import FastCGI
import HTTPSemantics
import Logging
import Observability
import Postgres
import Sweeping
import ZipArchive

/// Everything that serves, put together; the one place that knows all parts.
final class Server {
    private let configuration: Configuration
    private let logger: Logger
    private let pools: DatabaseSetup.Pools
    private let audit: AuditTrail
    private let downloads: WorkerPool
    private let uploads: WorkerPool
    private let listeners: [Listener]
    private let monitoring: MonitoringServer
    private let sweeper: BackgroundSweeper?
    private let signer: URLSigner?
    private let notify = SystemdNotify(environment: ProcessEnvironment.variables())

    /// Checks database, schema and store, and takes the sockets; nothing is answered yet.
    init(_ configuration: Configuration, logger: Logger) throws(CommandFailure) {
        self.configuration = configuration
        self.logger = logger
        pools = DatabaseSetup.pools(configuration)
        try DatabaseSetup.check(pools.reads, configuration)
        let store = try Self.store(configuration, logger)
        let metrics = try Self.metrics(pools)
        audit = try AuditSetup.trail(configuration, pools.reads, metrics.registry, logger)
        let sweeper = try Self.sweeper(configuration, store, metrics.registry, logger)
        self.sweeper = sweeper
        signer = try DeliverySetup.signer(configuration)
        let parts = EdgeParts(
            externalURL: configuration.externalURL,
            release: Version.current,
            pool: pools.reads,
            changes: pools.changes,
            store: store,
            workers: configuration.workers,
            delivery: DeliverySetup.delivery(configuration, signer),
            uploads: try UploadSettings(configuration),
            keepsLatestArtifact: configuration.keepLatestArtifact,
            audit: audit,
            trustedProxies: configuration.trustedProxies.compactMap { IPNetwork($0) },
            openAPI: Self.openAPI(configuration, logger),
            wakeSweeper: { sweeper?.wake() },
            metrics: metrics.server,
            logger: logger
        )
        let handler = ArtifactsHandler(parts)
        let sockets = try Sockets(configuration)
        listeners = [sockets.downloads, sockets.uploads]
        do throws(FastCGIError) {
            downloads = try WorkerPool(
                name: "download",
                listener: sockets.downloads,
                workers: configuration.workers,
                handler: GaugedHandler(handler, metrics.server.busyWorkers(of: .download)),
                onEvent: Self.report(to: logger)
            )
            uploads = try WorkerPool(
                name: "upload",
                listener: sockets.uploads,
                workers: configuration.uploadWorkers,
                handler: GaugedHandler(handler, metrics.server.busyWorkers(of: .upload)),
                onEvent: Self.report(to: logger)
            )
        } catch {
            throw .listening(error)
        }
        monitoring = try Self.monitoring(configuration, metrics.registry, pools.reads, store)
    }

    /// Begins to answer.
    func start() throws(CommandFailure) {
        try AuditSetup.start(audit)
        do throws(FastCGIError) {
            try downloads.start()
            try uploads.start()
        } catch {
            throw .listening(error)
        }
        do { try monitoring.start() } catch { throw .monitoring(error) }
        do { try sweeper?.start() } catch { throw .sweeping(error) }
        notify.ready(status: "Serving")
        logger.notice(
            "Serving",
            metadata: .fields([
                .version: .string(Version.current),
                .inflater: .string(InflateLibrary.description),
                .address: .string(listeners.map(\.name).joined(separator: ", ")),
                .workers: .number(configuration.workers),
            ])
        )
    }

    /// Takes over what may change while it serves: the keys of signed URLs.
    func reload(_ configuration: Configuration) {
        guard let signer else { return }
        do throws(CommandFailure) {
            let keys = try DeliverySetup.keys(configuration)
            signer.replaceKeys(keys)
            let names = keys.all.map(\.id).joined(separator: ", ")
            logger.notice("Read the signing keys", metadata: .fields([.reason: .string(names)]))
        } catch {
            logger.error("Kept the old signing keys", metadata: .fields([.error: .string(error.message)]))
        }
    }

    /// Drains: takes no new requests, lets running ones finish, and closes everything.
    func stop() {
        notify.stopping()
        monitoring.beginStopping()
        logger.notice("Draining")
        downloads.beginDrain()
        uploads.beginDrain()
        let deadline = Double(configuration.drainTimeout.components.seconds)
        let started = ContinuousClock.now
        var isDrained = downloads.waitUntilDrained(deadlineSeconds: deadline)
        let elapsed = Double((ContinuousClock.now - started).components.seconds)
        isDrained = uploads.waitUntilDrained(deadlineSeconds: max(0, deadline - elapsed)) && isDrained
        if !isDrained { logger.warning("Requests were still running at the end of the drain timeout") }
        for listener in listeners { listener.close() }
        // Before the sweeper, which may wait for its statement: what is recorded must be written within the time to stop.
        audit.stop()
        sweeper?.stop()
        monitoring.stop()
        if isDrained { pools.close() }
        logger.notice("Stopped")
    }

    private static func store(_ configuration: Configuration, _ logger: Logger) throws(CommandFailure) -> ContentStore {
        do {
            let store = try ContentStore(root: configuration.store)
            let reclaimed = try store.reclaimTemporaryFiles()
            if reclaimed > 0 {
                logger.notice(
                    "Removed temporary files of an earlier run",
                    metadata: .fields([.count: .number(reclaimed)])
                )
            }
            return store
        } catch {
            throw .store(error)
        }
    }

    private static func openAPI(_ configuration: Configuration, _ logger: Logger) -> [UInt8]? {
        let document = Installation.openAPI(migrations: configuration.migrations)
        if document == nil { logger.warning("openapi.yaml is not installed; /api/v4/openapi.yaml answers 404") }
        return document
    }

    private static func metrics(
        _ pools: DatabaseSetup.Pools
    ) throws(CommandFailure) -> (registry: MetricsRegistry, server: ServerMetrics) {
        let registry = MetricsRegistry()
        do {
            let metrics = try ServerMetrics(
                registry: registry,
                version: Version.current,
                routes: RouteName.allCases.map(\.rawValue),
                archiveErrorCodes: ArchiveErrorLabel.allCases.map(\.rawValue)
            )
            try metrics.observeDatabasePool { DatabasePoolStatus(pools.figures) }
            return (registry, metrics)
        } catch {
            throw .monitoring(error)
        }
    }

    private static func monitoring(
        _ configuration: Configuration,
        _ registry: MetricsRegistry,
        _ pool: ConnectionPool,
        _ store: ContentStore
    ) throws(CommandFailure) -> MonitoringServer {
        let checks = [
            HealthCheck("database") { DatabaseSetup.problem(pool) },
            HealthCheck("store") {
                do throws(ContentStoreError) {
                    try store.checkWritable()
                    return nil
                } catch {
                    return error.description
                }
            },
        ]
        do {
            return try MonitoringServer(address: configuration.monitoringAddress, registry: registry, checks: checks)
        } catch {
            throw .monitoring(error)
        }
    }

    private static func report(to logger: Logger) -> @Sendable (WorkerEvent) -> Void {
        { logger.warning("Worker event", metadata: .fields([.reason: .string("\($0)")])) }
    }
}

extension DatabasePoolStatus {
    /// The pool's figures, as metrics show them.
    fileprivate init(_ figures: PoolFigures) {
        self.init(
            idle: figures.idle,
            busy: figures.leased,
            limit: figures.size,
            waiting: figures.waiting,
            leases: UInt64(max(0, figures.waitsTotal)),
            timeouts: UInt64(max(0, figures.timeoutsTotal))
        )
    }
}
