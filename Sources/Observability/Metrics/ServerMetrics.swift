/// The metrics of the server, by name; what each one means stands in its help text.
public struct ServerMetrics: Sendable {
    /// Bodies that are being sent by our threads.
    public let streamsInFlight: Gauge

    /// Content that the database knows and the store has not.
    public let contentLost: Counter

    /// Requests that were refused for their credentials.
    public let authenticationFailures: Counter

    private let requests: MetricFamily<Counter>
    private let durations: MetricFamily<Histogram>
    private let bytesSent: MetricFamily<Counter>
    private let busyWorkers: MetricFamily<Gauge>
    private let archiveErrors: MetricFamily<Counter>
    private let registry: MetricsRegistry

    /// The status codes that the server answers; any other counts as `other`.
    static let statuses = [
        200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416,
        422, 429, 499, 500, 501, 502, 503, 504, 507,
    ]

    /// The index of each status code in ``statuses``, for 0 to 599.
    private static let statusIndexes: [Int] = {
        var indexes = [Int](repeating: statuses.count, count: 600)
        for (index, status) in statuses.enumerated() { indexes[status] = index }
        return indexes
    }()

    /// From a cached answer to the stream of a large archive.
    private static let bounds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300,
    ]

    /// Registers the metrics.
    ///
    /// - Parameters:
    ///   - registry: Where they are registered.
    ///   - version: The program's version.
    ///   - routes: The names of the routes; a request is counted by the index into them.
    ///   - archiveErrorCodes: The codes of archive errors; an error is counted by the index into them.
    /// - Throws: An ``ObservabilityError`` if the registry holds one of the names already.
    public init(
        registry: MetricsRegistry,
        version: String,
        routes: [String],
        archiveErrorCodes: [String]
    ) throws(ObservabilityError) {
        self.registry = registry
        let route = MetricLabel("route", values: routes)
        try registry.info(
            "artifactd_build_info",
            help: "The version of the running server.",
            facts: [("version", version)]
        )
        requests = try registry.counter(
            "artifactd_http_requests_total",
            help: "Requests answered.",
            labels: [route, MetricLabel("status", values: Self.statuses.map(String.init))],
            isSparse: true
        )
        durations = try registry.durations(
            "artifactd_http_request_duration_seconds",
            help: "Time from the request's arrival at a worker to the end of its response.",
            labels: [route],
            bounds: Self.bounds,
            isSparse: true
        )
        streamsInFlight = try registry.gauge(
            "artifactd_streams_in_flight",
            help: "Requests that the server's own threads are answering."
        )[0]
        bytesSent = try registry.counter(
            "artifactd_bytes_sent_total",
            help: "Body bytes by who sends them.",
            labels: [MetricLabel("delivery", cases: DeliveryLabel.self)]
        )
        busyWorkers = try registry.gauge(
            "artifactd_worker_busy",
            help: "Threads that are handling a request.",
            labels: [MetricLabel("pool", cases: PoolLabel.self)]
        )
        contentLost = try registry.counter(
            "artifactd_content_lost_total",
            help: "Reads of content that the database knows and the store has not."
        )[0]
        archiveErrors = try registry.counter(
            "artifactd_archive_errors_total",
            help: "Archives or members that could not be read.",
            labels: [MetricLabel("code", values: archiveErrorCodes)]
        )
        authenticationFailures = try registry.counter(
            "artifactd_authentication_failures_total",
            help: "Requests refused for their credentials."
        )[0]
    }

    /// Counts an answered request.
    ///
    /// - Parameters:
    ///   - route: The index of the matched route; anything else counts as `other`.
    ///   - status: The status code of the response.
    ///   - nanoseconds: How long it took.
    public func countRequest(route: Int, status: Int, nanoseconds: UInt64) {
        let known = Self.statusIndexes.indices.contains(status)
        requests[route, known ? Self.statusIndexes[status] : Self.statuses.count].add()
        durations[route].observe(nanoseconds)
    }

    /// Counts body bytes.
    ///
    /// - Parameters:
    ///   - bytes: How many.
    ///   - delivery: Who sends them.
    public func countBytes(_ bytes: Int, delivery: DeliveryLabel) {
        bytesSent[delivery.labelIndex].add(bytes)
    }

    /// Counts an archive that could not be read.
    ///
    /// - Parameter code: The index of the error's code.
    public func countArchiveError(code: Int) {
        archiveErrors[code].add()
    }

    /// The gauge of a pool's busy threads: add 1 when a request starts, -1 when it ends.
    ///
    /// - Parameter pool: The pool.
    /// - Returns: The gauge; keep it, so that counting is one instruction.
    public func busyWorkers(of pool: PoolLabel) -> Gauge { busyWorkers[pool.labelIndex] }

    /// Registers the metrics of the database pool, which are read when they are scraped.
    ///
    /// - Parameter read: The pool's state; quick, and safe from any thread.
    /// - Throws: An ``ObservabilityError`` if they are registered already.
    public func observeDatabasePool(_ read: @escaping @Sendable () -> DatabasePoolStatus) throws(ObservabilityError) {
        try registry.observed(
            "artifactd_database_pool_connections",
            help: "Open database connections by state.",
            label: MetricLabel("state", cases: ConnectionStateLabel.self)
        ) {
            let status = read()
            return [Double(status.idle), Double(status.busy)]
        }
        try registry.observed(
            "artifactd_database_pool_limit",
            help: "Database connections that may be open."
        ) { [Double(read().limit)] }
        try registry.observed(
            "artifactd_database_pool_waiting",
            help: "Threads that wait for a database connection."
        ) { [Double(read().waiting)] }
        try registry.observed(
            "artifactd_database_pool_leases_total",
            help: "Database connections leased."
        ) { [Double(read().leases)] }
        try registry.observed(
            "artifactd_database_pool_timeouts_total",
            help: "Waits for a database connection that were given up."
        ) { [Double(read().timeouts)] }
    }
}
