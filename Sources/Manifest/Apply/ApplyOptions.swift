public import ZipArchive

/// What applying a manifest depends on besides the document.
public struct ApplyOptions: Sendable {
    /// The moment that `now` stands for, in microseconds since the Unix epoch.
    public var now: Int64
    /// The instance's switch for "keep latest artifacts"; a new pipeline keeps if its project's is on too.
    public var keepsLatestArtifact: Bool
    /// What an archive may be at most.
    public var zipLimits: ZipLimits

    /// Says what applying depends on.
    ///
    /// - Parameters:
    ///   - now: The moment that `now` stands for, in microseconds since the Unix epoch.
    ///   - keepsLatestArtifact: The instance's switch for "keep latest artifacts".
    ///   - zipLimits: What an archive may be at most.
    public init(now: Int64, keepsLatestArtifact: Bool = true, zipLimits: ZipLimits = ZipLimits()) {
        self.now = now
        self.keepsLatestArtifact = keepsLatestArtifact
        self.zipLimits = zipLimits
    }
}
