public import Artifacts

/// Everything that decides about reading an archive or a report, as one statement fetched it.
public struct ReadFacts: Sendable, Equatable {
    /// Who asks, and for which project.
    public var access: AccessFacts
    /// The job, or `nil`.
    public var jobID: Int64?
    /// The job's row of the wanted type, available or not.
    public var archive: ArchiveRow?
}

/// The row of an archive, or of a report that is asked for instead, and the content behind it.
public struct ArchiveRow: Sendable, Equatable {
    /// The row's number.
    public var id: Int64
    /// Who may read it.
    public var access: ArtifactAccess
    /// The name that a download is given.
    public var filename: String
    /// Whether it is there to be read: not expired, or locked.
    public var isAvailable: Bool
    /// When it came in, in microseconds since the Unix epoch.
    public var createdAt: Int64
    /// The stored bytes.
    public var content: ContentRow
}

/// A stored content.
public struct ContentRow: Sendable, Equatable {
    /// The row's number, which is also a part of the file's name.
    public var id: Int64
    /// SHA-256 of the bytes, 32 bytes.
    public var digest: [UInt8]
    /// Number of bytes.
    public var size: Int64
}
