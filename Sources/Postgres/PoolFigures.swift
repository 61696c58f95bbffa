/// What a pool is doing and has done, for metrics.
public struct PoolFigures: Sendable, Equatable {
    /// The number of connections the pool may hold.
    public var size: Int
    /// Connections that are open and free.
    public var idle = 0
    /// Connections in use.
    public var leased = 0
    /// Callers waiting for a connection.
    public var waiting = 0
    /// Whether the last attempt to connect succeeded, or none was made.
    public var isReachable = true
    /// Leases that had to wait, since the start.
    public var waitsTotal = 0
    /// Leases that waited in vain, since the start.
    public var timeoutsTotal = 0
    /// Connections opened, since the start.
    public var connectsTotal = 0
    /// Connections opened in place of an earlier one, since the start.
    public var reconnectsTotal = 0
    /// Attempts to connect that failed, since the start.
    public var failuresTotal = 0

    init(size: Int) {
        self.size = size
    }

    /// The figures of two pools of one database, as if they were one.
    ///
    /// - Parameters:
    ///   - one: A pool's figures.
    ///   - other: The other's.
    /// - Returns: The sums; reachable where the last attempts of both were successful.
    public static func + (one: PoolFigures, other: PoolFigures) -> PoolFigures {
        var sum = PoolFigures(size: one.size + other.size)
        sum.idle = one.idle + other.idle
        sum.leased = one.leased + other.leased
        sum.waiting = one.waiting + other.waiting
        sum.isReachable = one.isReachable && other.isReachable
        sum.waitsTotal = one.waitsTotal + other.waitsTotal
        sum.timeoutsTotal = one.timeoutsTotal + other.timeoutsTotal
        sum.connectsTotal = one.connectsTotal + other.connectsTotal
        sum.reconnectsTotal = one.reconnectsTotal + other.reconnectsTotal
        sum.failuresTotal = one.failuresTotal + other.failuresTotal
        return sum
    }
}
