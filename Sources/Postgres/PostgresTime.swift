/// The binary form of `timestamptz`: microseconds since 2000-01-01T00:00:00Z (PostgreSQL's timestamp.h).
enum PostgresTime {
    /// 2000-01-01T00:00:00Z in microseconds since the Unix epoch.
    static let epoch: Int64 = 946_684_800_000_000

    /// The server's number for a Unix time; what the server cannot hold stays outside its range, so it refuses it.
    ///
    /// - Parameter microseconds: Microseconds since the Unix epoch; the extremes are the infinities.
    /// - Returns: Microseconds since 2000.
    static func wireValue(unixMicroseconds microseconds: Int64) -> Int64 {
        guard microseconds != .min, microseconds != .max else { return microseconds }
        let (value, overflow) = microseconds.subtractingReportingOverflow(epoch)
        return overflow ? .min + 1 : value
    }

    /// The Unix time of the server's number.
    ///
    /// - Parameter value: Microseconds since 2000; the extremes are the infinities.
    /// - Returns: Microseconds since the Unix epoch, or nil where they do not fit.
    static func unixMicroseconds(wireValue value: Int64) -> Int64? {
        guard value != .min, value != .max else { return value }
        let (microseconds, overflow) = value.addingReportingOverflow(epoch)
        return overflow ? nil : microseconds
    }
}
