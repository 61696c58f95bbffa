/// The state of the database pool at one moment.
public struct DatabasePoolStatus: Sendable, Equatable {
    /// Connections that wait for a statement.
    public var idle: Int
    /// Connections that are leased.
    public var busy: Int
    /// How many connections may be open.
    public var limit: Int
    /// Threads that wait for a connection.
    public var waiting: Int
    /// Leases since the start.
    public var leases: UInt64
    /// Waits that were given up since the start.
    public var timeouts: UInt64

    /// Describes the pool.
    ///
    /// - Parameters:
    ///   - idle: Connections that wait for a statement.
    ///   - busy: Connections that are leased.
    ///   - limit: How many connections may be open.
    ///   - waiting: Threads that wait for a connection.
    ///   - leases: Leases since the start.
    ///   - timeouts: Waits that were given up since the start.
    public init(idle: Int, busy: Int, limit: Int, waiting: Int = 0, leases: UInt64 = 0, timeouts: UInt64 = 0) {
        self.idle = idle
        self.busy = busy
        self.limit = limit
        self.waiting = waiting
        self.leases = leases
        self.timeouts = timeouts
    }
}
