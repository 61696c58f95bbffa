/// How two projects let a job token pass from one to the other.
public struct JobTokenScope: Sendable, Equatable {
    /// Whether the target wants an allowlist entry at all.
    public var inboundIsLimited: Bool
    /// Whether the target's list holds the source project or one of its ancestor groups.
    public var isOnInboundList: Bool
    /// Whether one of those entries permits reading jobs.
    public var inboundPermitsReadingJobs: Bool
    /// Whether the source limits where its tokens go.
    public var outboundIsLimited: Bool
    /// Whether the source's list holds the target.
    public var isOnOutboundList: Bool

    /// Describes the way from a source to a target project.
    ///
    /// - Parameters:
    ///   - inboundIsLimited: Whether the target wants an allowlist entry at all.
    ///   - isOnInboundList: Whether the target's list holds the source.
    ///   - inboundPermitsReadingJobs: Whether an entry permits reading jobs.
    ///   - outboundIsLimited: Whether the source limits where its tokens go.
    ///   - isOnOutboundList: Whether the source's list holds the target.
    public init(
        inboundIsLimited: Bool = true,
        isOnInboundList: Bool = false,
        inboundPermitsReadingJobs: Bool = false,
        outboundIsLimited: Bool = false,
        isOnOutboundList: Bool = false
    ) {
        self.inboundIsLimited = inboundIsLimited
        self.isOnInboundList = isOnInboundList
        self.inboundPermitsReadingJobs = inboundPermitsReadingJobs
        self.outboundIsLimited = outboundIsLimited
        self.isOnOutboundList = isOnOutboundList
    }

    /// Whether the memberships of the token's user count in the target.
    ///
    /// - Parameter visibility: The target's; an outbound limit concerns private targets only.
    /// - Returns: `false` where the caller is a stranger at best.
    func isOpen(to visibility: Visibility) -> Bool {
        let inbound = !inboundIsLimited || isOnInboundList
        let outbound = !outboundIsLimited || visibility != .private || isOnOutboundList
        return inbound && outbound
    }

    /// Whether the target lets the source in, but not to read jobs.
    var lacksReadingJobs: Bool {
        inboundIsLimited && isOnInboundList && !inboundPermitsReadingJobs
    }
}
