/// Every setting of the server, checked: nothing in it can be malformed or contradict itself after ``load(environment:file:)``.
///
/// The values come from `ARTIFACTD_…` environment variables and an optional YAML file; the environment wins. The table
/// of settings (``Setting/all``) is the single definition: parsing, the `config` command and the README's reference
/// are derived from it. Durations are whole seconds, sizes are bytes.
public struct Configuration: Sendable, Equatable {
    // MARK: Addresses

    /// The start of every URL that the server prints, links or redirects to, without a trailing slash.
    ///
    /// Default `http://127.0.0.1:8080`. No URL is ever derived from a request's `Host`.
    public var externalURL = "http://127.0.0.1:8080"

    /// The FastCGI listener, `unix:/path` or `host:port`; nil means systemd's socket, else ``standardListen``.
    public var listen: String?

    /// The FastCGI listener of uploads, as ``listen``; nil means systemd's socket, else ``standardUploadListen``.
    ///
    /// A socket and pool of its own, so that slow uploads never hold a download.
    public var uploadListen: String?

    /// Whether ``listen`` and ``uploadListen`` may be TCP addresses; default false.
    ///
    /// FastCGI has no authentication: whoever can connect can forge any request, so TCP must be asked for.
    public var allowTCP = false

    /// The operators' listener for health, readiness and metrics, `host:port`; default `127.0.0.1:8082`.
    public var monitoringAddress = "127.0.0.1:8082"

    /// The kernel's queue of connections that no worker has accepted yet; default 4096.
    ///
    /// The kernel caps it at `net.core.somaxconn` (listen(2)).
    public var listenBacklog = 4096

    /// Networks (CIDR) or addresses whose `X-Forwarded-For` counts; default none.
    public var trustedProxies: [String] = []

    // MARK: Storage

    /// The libpq connection string or URI of the database; default `postgresql:///artifactd`.
    ///
    /// May hold a password: print it through ``SecretMask/connectionString(_:)`` only.
    public var databaseURL = "postgresql:///artifactd"

    /// How many database connections may be open; default min(16, 4 × cores).
    ///
    /// A quarter is for what changes something, so that changes that wait for each other hold up no download. One is leased for a statement or transaction, never across a stream, so it need not grow with ``workers``.
    public var databaseConnections = Configuration.standardDatabaseConnections

    /// The directory of the SQL migrations; nil means the one that was installed with the program.
    public var migrations: String?

    /// The directory of the content store; default `/var/lib/artifactd/store`.
    public var store = "/var/lib/artifactd/store"

    // MARK: Capacity

    /// Threads of the pool that answers the API and streams downloads; default 64.
    ///
    /// A stream holds one.
    public var workers = 64

    /// Threads of the pool that takes uploads; default 32.
    ///
    /// An upload holds one until its body has arrived.
    public var uploadWorkers = 32

    /// How long requests in flight may go on after the signal to stop, in seconds; default 30 s.
    ///
    /// The service manager's own timeout (`TimeoutStopSec`) must be longer.
    public var drainTimeout: Duration = .seconds(30)

    /// The largest artifact that is accepted, in bytes; nil is no limit, default 5 GiB.
    public var maxArtifactSize: Int64? = 5 << 30

    /// How many bytes the log of a job may have; nil is no limit, default 100 MiB.
    public var maxTraceSize: Int64? = 100 << 20

    /// How many bytes the artifacts of a project may have that has no quota of its own; nil is no limit, the default.
    public var projectQuota: Int64?

    /// How long one upload may take; default 1 h, after which runners give up too.
    public var uploadTimeout: Duration = .seconds(3600)

    /// How many bytes a second an upload must bring on average, after 30 s; nil is no limit, default 1 KiB.
    ///
    /// An upload holds a thread: a few clients that send next to nothing would keep all others out.
    public var uploadMinimumRate: Int64? = 1 << 10

    /// How many members an uploaded archive may have; default 1,000,000.
    ///
    /// With 256 bytes of directory for each, it bounds the memory and the time that indexing an archive takes.
    public var maxMembers = 1_000_000

    // MARK: Delivery

    /// Who sends the bytes of whole archives; default ``Delivery/accel``.
    ///
    /// It never changes the bytes.
    public var delivery = Delivery.accel

    /// Archives smaller than this are sent by our threads and not by the web server; nil is none, default 64 KiB.
    ///
    /// It counts for ``Delivery/accel`` only. Up to about there it pays where it was measured: see CONTRIBUTING.md.
    public var inlineBelow: Int64? = 65_536

    /// The start of signed URLs; needed for ``Delivery/redirect``.
    public var cdnURL: String?

    /// The file with the signing keys, one a line, the first signs; needed for ``Delivery/redirect``.
    public var cdnKeyFile: String?

    /// How long a signed URL is good, 1 to 300 s; default 60 s.
    public var urlTTL: Duration = .seconds(60)

    // MARK: Retention

    /// The expiry of an upload that names none, in the grammar of `expire_in`; default `30 days`.
    public var defaultExpireIn = "30 days"

    /// Whether the artifacts of the latest successful pipeline of a ref outlive their expiry; default true.
    public var keepLatestArtifact = true

    /// How often the server expires, unlocks and removes; nil leaves it to `artifactd sweep`, default 60 s.
    public var sweepInterval: Duration? = .seconds(60)

    /// How many rows or contents the sweeper handles in one transaction at most; default 1000.
    ///
    /// Bounds how long others wait for a row that it works on.
    public var sweepBatch = 1000

    /// How long a file stays after the last row that used it has gone; default 3 s.
    ///
    /// Who was let in just before may open it that long. The life of signed URLs is added to it.
    public var removalDelay: Duration = .seconds(3)

    // MARK: Audit and log

    /// How faithfully downloads and changes are recorded; default ``Audit/on``.
    public var audit = Audit.on

    /// How many audit records may wait to be written; default 50000.
    public var auditQueue = 50_000

    /// How long audit records are kept; default 365 days.
    public var auditRetention: Duration = .seconds(365 * 86_400)

    /// The lowest severity that is logged; default ``LogLevel/info``.
    public var logLevel = LogLevel.info

    /// The form of log lines; default ``LogFormat/auto``.
    public var logFormat = LogFormat.auto

    /// Where each setting that is not at its default was set, by the setting's name.
    var origins: [String: Origin] = [:]

    /// Every setting at its default.
    public init() {}

    /// Reads a duration as settings are written, for options of commands: `90`, `30s`, `5m`, `2h`, `1d`.
    ///
    /// - Parameter text: The text.
    /// - Returns: Seconds, or nil where it is no duration.
    public static func seconds(_ text: String) -> Int64? { Quantity.parse(text, units: Quantity.time) }

    /// Tells where the effective value of a setting comes from.
    ///
    /// - Parameter name: The setting's name without the prefix, as `WORKERS`.
    /// - Returns: The source that won; ``Origin/default`` for a setting that nobody set.
    public func origin(of name: String) -> Origin {
        origins[name] ?? .default
    }
}
