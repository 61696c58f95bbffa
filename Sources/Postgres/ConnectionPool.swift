/// A small set of connections that threads borrow for one statement or one transaction.
///
/// Connections are opened when they are first needed and reused last in, first out. A borrower has its connection to
/// itself. Never hold one while a body is streamed to or from a client: a slow client would keep it from the others.
///
/// When the server goes away, callers are refused at once with an error whose `isUnavailable` is true, while one of
/// them at a time tries to connect again; when it is back, statements that are safe to repeat have not noticed.
///
/// A borrower that changes its session (`SET`, `LISTEN`, temporary tables) has to undo that; an open transaction is
/// rolled back.
public final class ConnectionPool: Sendable {
    private let conninfo: String
    private let options: ConnectionOptions
    private let leaseTimeout: Int64
    private let queue: LeaseQueue

    /// A pool without connections yet.
    ///
    /// - Parameters:
    ///   - conninfo: A libpq connection string or URI.
    ///   - size: The largest number of connections, at least 1.
    ///   - applicationName: The name in `pg_stat_activity`.
    ///   - leaseTimeout: How long a caller waits for a connection. Default: 5 s.
    ///   - options: Timeouts and settings of each session; its `applicationName` gives way to the one here.
    public init(
        conninfo: String,
        size: Int,
        applicationName: String = "artifactd",
        leaseTimeout: Duration = .seconds(5),
        options: ConnectionOptions = ConnectionOptions()
    ) {
        self.conninfo = conninfo
        var options = options
        options.applicationName = applicationName
        self.options = options
        self.leaseTimeout = leaseTimeout.milliseconds * 1_000_000
        queue = LeaseQueue(size: max(1, size))
    }

    deinit {
        queue.close()
    }

    /// Lends a connection for the length of a closure.
    ///
    /// The closure must not let the connection escape. A transaction that it leaves open is rolled back.
    ///
    /// - Parameter body: Uses the connection.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or the pool's own failure: `.unavailable`, `.connectionFailed`, `.poolTimeout`,
    ///   `.poolClosed`.
    @discardableResult
    public func withConnection<R>(
        _ body: (Connection) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        try withConnection(throwing: PostgresError.self, body)
    }

    /// Lends a connection for the length of a closure that throws the domain's own errors.
    ///
    /// - Parameters:
    ///   - failure: The domain's error type.
    ///   - body: Uses the connection.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or the pool's own failure, converted.
    @discardableResult
    public func withConnection<R, E: PostgresErrorConvertible>(
        throwing failure: E.Type,
        _ body: (Connection) throws(E) -> R
    ) throws(E) -> R {
        let lease = try E.wrapping { () throws(PostgresError) in try takeLease() }
        defer { giveBack(lease) }
        return try body(lease.connection)
    }

    /// What the pool is doing.
    public var figures: PoolFigures { queue.figures }

    /// Closes the idle connections and refuses further leases; connections in use are closed when they come back.
    public func close() {
        queue.close()
    }

    private struct Lease {
        let connection: Connection
        let place: Int
    }

    /// Takes a connection that was good a moment ago.
    ///
    /// One found dead was not used yet, so nothing is lost with it.
    private func takeLease() throws(PostgresError) -> Lease {
        while true {
            switch queue.acquire(patience: leaseTimeout) {
            case .connection(let connection, let place):
                if connection.isAlive { return Lease(connection: connection, place: place) }
                queue.lost(place: place)
            case .place(let place):
                return try connect(place)
            case .refused(.unreachable):
                throw PostgresError(.unavailable, "connecting failed a moment ago")
            case .refused(.closed):
                throw PostgresError(.poolClosed, "the pool is closed")
            case .timedOut:
                throw PostgresError(.poolTimeout, "no connection was free for \(leaseTimeout / 1_000_000) ms")
            }
        }
    }

    private func connect(_ place: Int) throws(PostgresError) -> Lease {
        do {
            let connection = try Connection(conninfo: conninfo, options: options)
            queue.connected(place: place)
            return Lease(connection: connection, place: place)
        } catch {
            queue.connectFailed(place: place)
            throw error
        }
    }

    private func giveBack(_ lease: Lease) {
        if lease.connection.resetForReuse() {
            queue.release(lease.connection, place: lease.place)
        } else if lease.connection.status == .broken {
            queue.lost(place: lease.place)
        } else {
            queue.spoiled(place: lease.place)
        }
    }
}
