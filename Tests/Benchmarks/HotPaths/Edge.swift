import Artifacts
import ArtifactsAPI
import ArtifactsPostgres
import Logging
import Observability
import Postgres
import ZipArchive

/// The edge as the server puts it together, but for the database: reads are decided on ready-made facts.
enum Edge {
    static let externalURL = "https://artifacts.example.org"

    static func handler(
        _ archives: Archives,
        _ archive: Archives.Archive,
        inlineBelow: Int64
    ) throws -> ArtifactsHandler {
        let registry = MetricsRegistry()
        let logger = Logger(label: "hot-paths") { _ in SwiftLogNoOpLogHandler() }
        // Never connected: whatever asks a database here fails.
        let pool = ConnectionPool(conninfo: "host=/nonexistent", size: 1)
        let parts = EdgeParts(
            externalURL: externalURL,
            release: "0",
            pool: pool,
            changes: pool,
            store: archives.store,
            workers: 1,
            delivery: .accel(inlineBelow: inlineBelow),
            uploads: UploadSettings(
                maxArtifactSize: nil,
                projectQuota: nil,
                maxTraceSize: nil,
                zipLimits: ZipLimits(),
                defaultExpiry: try ExpireIn(parsing: "30 days"),
                timeout: .seconds(60),
                minimumRate: nil,
                strangers: 1
            ),
            keepsLatestArtifact: true,
            audit: try audit(pool, registry, logger),
            trustedProxies: [],
            openAPI: nil,
            wakeSweeper: {},
            metrics: try ServerMetrics(
                registry: registry,
                version: "0",
                routes: RouteName.allCases.map(\.rawValue),
                archiveErrorCodes: ArchiveErrorLabel.allCases.map(\.rawValue)
            ),
            logger: logger
        )
        return ArtifactsHandler(parts, answeringReadsWith: try ReadFacts(Facts.row(Facts.reading(archive))))
    }

    /// Events are made and queued, and the thread that would write them is never started.
    private static func audit(
        _ pool: ConnectionPool,
        _ registry: MetricsRegistry,
        _ logger: Logger
    ) throws -> AuditTrail {
        AuditTrail(
            mode: .batched,
            sink: AuditLog(pool: pool),
            capacity: .max,
            retention: .zero,
            metrics: try AuditMetrics(registry: registry),
            logger: logger
        )
    }

    /// The parameters of a GET as `deploy/nginx` sends them for curl.
    static func request(_ target: String) -> [(String, String)] {
        [
            ("REQUEST_METHOD", "GET"), ("REQUEST_URI", target), ("CONTENT_TYPE", ""), ("CONTENT_LENGTH", ""),
            ("REMOTE_ADDR", "192.0.2.17"), ("REQUEST_ID", "0123456789abcdef0123456789abcdef"),
            ("HTTP_HOST", "artifacts.example.org"), ("HTTP_USER_AGENT", "curl/8.5.0"), ("HTTP_ACCEPT", "*/*"),
            ("HTTP_PRIVATE_TOKEN", "glpat-0123456789abcdefghij"),
        ]
    }
}
