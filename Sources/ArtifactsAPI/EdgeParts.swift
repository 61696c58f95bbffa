public import ContentStore
public import HTTPSemantics
public import Logging
public import Observability
public import Postgres

/// What the edge is made of.
public struct EdgeParts: Sendable {
    /// What every URL that is handed out starts with, without a slash at its end.
    public let externalURL: String
    /// The release of this program.
    public let release: String
    /// The database connections that reading requests share.
    public let pool: ConnectionPool
    /// Those of requests that change something, and may wait for one another.
    public let changes: ConnectionPool
    /// Where the content is.
    public let store: ContentStore
    /// The threads that answer requests; a few are kept free of long bodies.
    public let workers: Int
    /// How whole archives get to the client.
    public let delivery: ArchiveDelivery
    /// What the operator decides about uploads.
    public let uploads: UploadSettings
    /// Whether the instance keeps the artifacts of the latest pipelines, where projects do.
    public let keepsLatestArtifact: Bool
    /// Where what was allowed is recorded.
    public let audit: AuditTrail
    /// The networks whose `X-Forwarded-For` counts.
    public let trustedProxies: [IPNetwork]
    /// The description of this API, or `nil` where it is not installed.
    public let openAPI: [UInt8]?
    /// Called when there is something for the sweeper to do.
    public let wakeSweeper: @Sendable () -> Void
    /// Counts what happens.
    public let metrics: ServerMetrics
    /// Where failures are told.
    public let logger: Logger

    /// Names the parts.
    ///
    /// - Parameters:
    ///   - externalURL: What every URL that is handed out starts with, without a slash at its end.
    ///   - release: The release of this program.
    ///   - pool: The database connections that reading requests share.
    ///   - changes: Those of requests that change something.
    ///   - store: Where the content is.
    ///   - workers: The threads that answer requests.
    ///   - delivery: How whole archives get to the client.
    ///   - uploads: What the operator decides about uploads.
    ///   - keepsLatestArtifact: Whether the instance keeps the artifacts of the latest pipelines, where projects do.
    ///   - audit: Where what was allowed is recorded.
    ///   - trustedProxies: The networks whose `X-Forwarded-For` counts.
    ///   - openAPI: The description of this API, or `nil` where it is not installed.
    ///   - wakeSweeper: Called when there is something for the sweeper to do.
    ///   - metrics: Counts what happens.
    ///   - logger: Where failures are told.
    public init(
        externalURL: String,
        release: String,
        pool: ConnectionPool,
        changes: ConnectionPool,
        store: ContentStore,
        workers: Int,
        delivery: ArchiveDelivery,
        uploads: UploadSettings,
        keepsLatestArtifact: Bool,
        audit: AuditTrail,
        trustedProxies: [IPNetwork],
        openAPI: [UInt8]?,
        wakeSweeper: @escaping @Sendable () -> Void,
        metrics: ServerMetrics,
        logger: Logger
    ) {
        self.externalURL = externalURL
        self.release = release
        self.pool = pool
        self.changes = changes
        self.store = store
        self.workers = workers
        self.delivery = delivery
        self.uploads = uploads
        self.keepsLatestArtifact = keepsLatestArtifact
        self.audit = audit
        self.trustedProxies = trustedProxies
        self.openAPI = openAPI
        self.wakeSweeper = wakeSweeper
        self.metrics = metrics
        self.logger = logger
    }
}
