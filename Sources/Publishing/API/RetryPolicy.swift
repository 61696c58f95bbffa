/// Whether, and when, something is tried again.
///
/// Every request of this client may be repeated: the server knows uploads by their digest, pipelines and jobs by their key.
public struct RetryPolicy: Sendable {
    /// What follows from one try.
    public enum Verdict: Equatable, Sendable {
        /// That was it, for better or worse.
        case final
        /// Another try, after so many milliseconds.
        case again(after: Int64)
    }

    /// How often something is tried at most.
    public var attempts: Int
    /// Milliseconds before the second try, on average a quarter less; they double from one to the next.
    public var firstDelay: Int64
    /// No wait of our own is longer, in milliseconds.
    public var longestDelay: Int64
    /// A server that asks for a longer wait, in milliseconds, is not waited for.
    public var longestRequestedDelay: Int64

    /// Sets the limits.
    ///
    /// - Parameters:
    ///   - attempts: How often something is tried at most.
    ///   - firstDelay: Milliseconds before the second try.
    ///   - longestDelay: No wait of our own is longer.
    ///   - longestRequestedDelay: A server that asks for a longer wait is not waited for.
    public init(
        attempts: Int = 8,
        firstDelay: Int64 = 500,
        longestDelay: Int64 = 30_000,
        longestRequestedDelay: Int64 = 300_000
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.longestRequestedDelay = longestRequestedDelay
    }

    /// Decides about a response.
    ///
    /// - Parameters:
    ///   - status: Its status.
    ///   - attempt: The number of the try, from 1.
    ///   - retryAfter: What `Retry-After` asked for, in milliseconds.
    ///   - random: Any number; the jitter comes from it.
    /// - Returns: What follows.
    public func verdict(status: Int, attempt: Int, retryAfter: Int64?, random: UInt64) -> Verdict {
        guard Self.isTransient(status) else { return .final }
        guard let retryAfter else { return verdict(attempt: attempt, random: random) }
        guard attempt < attempts, retryAfter <= longestRequestedDelay else { return .final }
        // All who were told the same moment should not come at once.
        return .again(after: retryAfter + Int64(random % UInt64(max(1, firstDelay))))
    }

    /// Decides about a try without a response, or one whose response says nothing about when.
    ///
    /// - Parameters:
    ///   - attempt: The number of the try, from 1.
    ///   - random: Any number; the jitter comes from it.
    /// - Returns: What follows: a wait of half the doubled time, and up to as much again.
    public func verdict(attempt: Int, random: UInt64) -> Verdict {
        guard attempt < attempts else { return .final }
        let doublings = min(attempt - 1, 40)
        let full = min(longestDelay, firstDelay << Int64(doublings))
        let half = full / 2
        return .again(after: half + Int64(random % UInt64(max(1, full - half + 1))))
    }

    /// Whether a status may be another the next time.
    ///
    /// - Parameter status: The status.
    /// - Returns: True for 408, 425, 429 and 5xx, except those that say what will not change: 501, 505, 507 and 508.
    public static func isTransient(_ status: Int) -> Bool {
        switch status {
        case 408, 425, 429: true
        case 501, 505, 507, 508: false
        default: status >= 500
        }
    }
}
