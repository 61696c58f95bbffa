/// What an event of the audit trail touched.
public struct AuditSubject: Sendable, Equatable {
    /// The type of the artifact, or `nil` for all of the job's that the action concerns.
    public var fileType: String?
    /// The file, or what was selected, in an archive; empty for the whole artifact.
    public var paths: [String]
    /// SHA-256 of the stored artifact, 32 bytes, or `nil`.
    public var digest: [UInt8]?
    /// The number of bytes that were uploaded, or `nil`.
    public var size: Int64?
    /// The pipeline that was changed, or `nil`.
    public var pipelineID: Int64?

    /// Describes what was touched.
    ///
    /// - Parameters:
    ///   - fileType: The type of the artifact, or `nil` for all of the job's that the action concerns.
    ///   - paths: The file, or what was selected, in an archive; empty for the whole artifact.
    ///   - digest: SHA-256 of the stored artifact, 32 bytes, or `nil`.
    ///   - size: The number of bytes that were uploaded, or `nil`.
    ///   - pipelineID: The pipeline that was changed, or `nil`.
    public init(
        fileType: String? = nil,
        paths: [String] = [],
        digest: [UInt8]? = nil,
        size: Int64? = nil,
        pipelineID: Int64? = nil
    ) {
        self.fileType = fileType
        self.paths = paths
        self.digest = digest
        self.size = size
        self.pipelineID = pipelineID
    }
}
