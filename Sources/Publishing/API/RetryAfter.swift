internal import HTTPSemantics

/// The field `Retry-After` (RFC 9110 §10.2.3).
enum RetryAfter {
    /// Reads the field.
    ///
    /// - Parameters:
    ///   - field: Seconds, or a date.
    ///   - now: The wall clock, in seconds since the Unix epoch.
    /// - Returns: Milliseconds to wait, or `nil` where the field says nothing.
    static func milliseconds(_ field: String?, now: Int64) -> Int64? {
        guard let field else { return nil }
        if let seconds = Int64(field) { return seconds < 0 ? nil : min(seconds, 1 << 40) * 1000 }
        guard let date = HTTPDate.parse(field, now: now) else { return nil }
        return max(0, min(date - now, 1 << 40)) * 1000
    }
}
