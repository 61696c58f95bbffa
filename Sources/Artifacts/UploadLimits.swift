/// How large an upload may be, from what instance, project and type allow.
///
/// In settings and tables 0 means no limit and nothing set means that the next wider one counts; here `nil` is no limit.
public struct UploadLimits: Sendable, Equatable {
    /// The largest artifact in bytes, or `nil`.
    public let size: Int64?
    /// How many bytes the project's artifacts may have together, or `nil`.
    public let quota: Int64?

    /// Finds the limits that count.
    ///
    /// A project's limit replaces the instance's, which may raise it. A type's limit narrows what is allowed already: an
    /// operator who keeps reports small does not want a project with large archives to be an exception.
    ///
    /// - Parameters:
    ///   - instanceSize: The instance's limit, or `nil` for none.
    ///   - projectSize: The project's own; 0 for none, `nil` where it has no own.
    ///   - typeSize: The limit of the type; 0 or `nil` for none.
    ///   - instanceQuota: The quota of projects without their own, or `nil` for none.
    ///   - projectQuota: The project's own; 0 for none, `nil` where it has no own.
    public init(
        instanceSize: Int64?,
        projectSize: Int64?,
        typeSize: Int64?,
        instanceQuota: Int64?,
        projectQuota: Int64?
    ) {
        let limits = [projectSize ?? instanceSize, typeSize].compactMap { $0 }.filter { $0 > 0 }
        size = limits.min()
        quota = (projectQuota ?? instanceQuota).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether an artifact of so many bytes is too large.
    ///
    /// - Parameter bytes: Its size.
    /// - Returns: `true` beyond the limit.
    public func forbidSize(_ bytes: Int64) -> Bool {
        size.map { bytes > $0 } ?? false
    }

    /// Whether the project has no room for so many bytes more.
    ///
    /// - Parameters:
    ///   - bytes: What comes in.
    ///   - used: What the project's artifacts have already.
    /// - Returns: `true` where both together are beyond the quota.
    public func forbidAdding(_ bytes: Int64, to used: Int64) -> Bool {
        guard let quota else { return false }
        let (sum, isBeyond) = used.addingReportingOverflow(bytes)
        return isBeyond || sum > quota
    }
}
