public import Artifacts
public import ZipArchive

/// What the operator decides about uploads.
public struct UploadSettings: Sendable {
    /// The largest artifact in bytes, or `nil`, where project and type say nothing else.
    public var maxArtifactSize: Int64?
    /// How many bytes the artifacts of a project without a quota of its own may have, or `nil`.
    public var projectQuota: Int64?
    /// How many bytes the log of a job may have, or `nil`.
    public var maxTraceSize: Int64?
    /// What an archive may ask of the machine.
    public var zipLimits: ZipLimits
    /// The expiry of an upload that names none.
    public var defaultExpiry: ExpireIn
    /// How long one upload may take.
    public var timeout: Duration
    /// How many bytes a second an upload must bring on average, or `nil`.
    public var minimumRate: Int64?
    /// How many uploads at once may show their token only in their form.
    public var strangers: Int

    /// Collects the settings.
    ///
    /// - Parameters:
    ///   - maxArtifactSize: The largest artifact in bytes, or `nil`.
    ///   - projectQuota: The quota of projects without their own, or `nil`.
    ///   - maxTraceSize: How many bytes the log of a job may have, or `nil`.
    ///   - zipLimits: What an archive may ask of the machine.
    ///   - defaultExpiry: The expiry of an upload that names none.
    ///   - timeout: How long one upload may take.
    ///   - minimumRate: How many bytes a second an upload must bring on average, or `nil`.
    ///   - strangers: How many uploads at once may show their token only in their form.
    public init(
        maxArtifactSize: Int64?,
        projectQuota: Int64?,
        maxTraceSize: Int64?,
        zipLimits: ZipLimits,
        defaultExpiry: ExpireIn,
        timeout: Duration,
        minimumRate: Int64?,
        strangers: Int
    ) {
        self.maxArtifactSize = maxArtifactSize
        self.projectQuota = projectQuota
        self.maxTraceSize = maxTraceSize
        self.zipLimits = zipLimits
        self.defaultExpiry = defaultExpiry
        self.timeout = timeout
        self.minimumRate = minimumRate
        self.strangers = strangers
    }
}
