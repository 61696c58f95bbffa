extension Setting {
    /// Every setting, in the order of the reference.
    public static let all: [Setting] = addresses + storage + capacity + delivery + retention + recording

    private static let addresses = [
        Setting(
            "EXTERNAL_URL",
            \.externalURL,
            .webURL,
            "Every URL that the server prints, links or redirects to starts with it."
        ),
        Setting(
            "LISTEN",
            \.listen,
            .optional(.listener, none: Configuration.standardListen),
            default: "systemd's socket, else `\(Configuration.standardListen)`",
            "The FastCGI socket. TCP needs `ALLOW_TCP=true`: whoever can connect can forge any request."
        ),
        Setting(
            "UPLOAD_LISTEN",
            \.uploadListen,
            .optional(.listener, none: Configuration.standardUploadListen),
            default: "systemd's socket, else `\(Configuration.standardUploadListen)`",
            "A second FastCGI socket with its own pool, so that slow uploads never hold a download."
        ),
        Setting("ALLOW_TCP", \.allowTCP, .boolean, "Whether the FastCGI sockets may be TCP addresses."),
        Setting(
            "MONITORING_ADDRESS",
            \.monitoringAddress,
            .tcpAddress,
            "The operators' HTTP listener: `/-/health`, `/-/liveness`, `/-/readiness`, `/-/metrics`."
        ),
        Setting(
            "LISTEN_BACKLOG",
            \.listenBacklog,
            .wholeNumber(1...65_535),
            "Connections that the kernel queues until a worker is free (capped by `net.core.somaxconn`)."
        ),
        Setting(
            "TRUSTED_PROXIES",
            \.trustedProxies,
            .networks,
            "Whose `X-Forwarded-For` counts."
        ),
    ]

    private static let storage = [
        Setting(
            "DATABASE_URL",
            \.databaseURL,
            .connectionString,
            isSecret: true,
            "The database, as a libpq connection string or URI."
        ),
        Setting(
            "DB_CONNECTIONS",
            \.databaseConnections,
            .wholeNumber(1...1000),
            default: "min(16, 4 × cores)",
            "Database connections, a quarter of them for changes. One is leased for a statement or transaction, never "
                + "across a stream, and requests that wait at the same time share a statement; checked against the database "
                + "server's limit at start."
        ),
        Setting(
            "MIGRATIONS",
            \.migrations,
            .optional(.path),
            default: "those of the installation",
            "The directory of the SQL migrations."
        ),
        Setting("STORE", \.store, .path, "The directory of the content store."),
    ]

    private static let capacity = [
        Setting(
            "WORKERS",
            \.workers,
            .wholeNumber(1...4096),
            "Threads that answer the API; a stream holds one. An eighth, 16 at most, is kept free of bodies over 1 MiB."
        ),
        Setting("UPLOAD_WORKERS", \.uploadWorkers, .wholeNumber(1...4096), "Threads that take uploads."),
        Setting(
            "DRAIN_TIMEOUT",
            \.drainTimeout,
            .duration(0...3600),
            "How long requests in flight may go on after the signal to stop."
        ),
        Setting(
            "MAX_ARTIFACT_SIZE",
            \.maxArtifactSize,
            .sizeLimit,
            "The largest artifact that is accepted; 0 is no limit."
        ),
        Setting(
            "MAX_TRACE_SIZE",
            \.maxTraceSize,
            .sizeLimit,
            "How many bytes a runner may write of the log of a job; 0 is no limit."
        ),
        Setting(
            "PROJECT_QUOTA",
            \.projectQuota,
            .sizeLimit,
            "How many bytes all artifacts of a project may have that has no quota of its own; 0 is no limit."
        ),
        Setting(
            "UPLOAD_TIMEOUT",
            \.uploadTimeout,
            .duration(1...(7 * 86_400)),
            "How long one upload may take."
        ),
        Setting(
            "UPLOAD_MIN_RATE",
            \.uploadMinimumRate,
            .sizeLimit,
            "How many bytes a second an upload must bring on average, once it takes longer than 30 s; 0 is no limit."
        ),
        Setting(
            "MAX_MEMBERS",
            \.maxMembers,
            .wholeNumber(1...100_000_000),
            "How many members an uploaded archive may have; its directory may take 256 bytes for each, and 16 MiB at least."
        ),
    ]

    private static let delivery = [
        Setting(
            "DELIVERY",
            \.delivery,
            .choice(),
            "Who sends whole archives: `accel`, the web server; `redirect`, the holder of a signed URL "
                + "(needs `CDN_URL` and `CDN_KEY_FILE`)."
        ),
        Setting(
            "INLINE_BELOW",
            \.inlineBelow,
            .sizeLimit,
            "With `accel`, archives smaller than this are sent by artifactd itself instead of by the web server; 0 is none."
        ),
        Setting("CDN_URL", \.cdnURL, .optional(.webURL), "The start of signed URLs."),
        Setting(
            "CDN_KEY_FILE",
            \.cdnKeyFile,
            .optional(.path),
            "The file with the signing keys, one a line; the first signs, all are valid."
        ),
        Setting("URL_TTL", \.urlTTL, .duration(1...300), "How long a signed URL is good."),
    ]

    private static let retention = [
        Setting(
            "DEFAULT_EXPIRE_IN",
            \.defaultExpireIn,
            .expiry,
            "The expiry of an upload that names none; `never` keeps it."
        ),
        Setting(
            "KEEP_LATEST_ARTIFACT",
            \.keepLatestArtifact,
            .boolean,
            "Whether the artifacts of a ref's latest successful pipeline outlive their expiry."
        ),
        Setting(
            "SWEEP_INTERVAL",
            \.sweepInterval,
            .interval(0...86_400),
            "How often the server expires, unlocks and removes; 0 leaves it to `artifactd sweep`."
        ),
        Setting(
            "SWEEP_BATCH",
            \.sweepBatch,
            .wholeNumber(1...100_000),
            "How many rows or files the sweeper handles in one transaction at most."
        ),
        Setting(
            "REMOVAL_DELAY",
            \.removalDelay,
            .duration(1...86_400),
            "How long a file stays after the last artifact that used it has gone, for downloads that were just let in; "
                + "`DELIVERY=redirect` adds `URL_TTL`."
        ),
    ]

    private static let recording = [
        Setting(
            "AUDIT",
            \.audit,
            .choice(),
            "`on`: written in batches, a crash loses at most 1 s; `strict`: written before the first byte, or with the "
                + "change, 503 when it cannot be; `off`."
        ),
        Setting(
            "AUDIT_QUEUE",
            \.auditQueue,
            .wholeNumber(1...10_000_000),
            "How many audit records may wait to be written with `on`; more are dropped, counted and logged."
        ),
        Setting(
            "AUDIT_RETENTION",
            \.auditRetention,
            .duration(86_400...(100 * 365 * 86_400)),
            "How long audit records are kept."
        ),
        Setting("LOG_LEVEL", \.logLevel, .choice(), "The lowest severity that is logged."),
        Setting(
            "LOG_FORMAT",
            \.logFormat,
            .choice(),
            "The form of log lines; `auto` is `json`, or `text` on a terminal."
        ),
    ]
}
