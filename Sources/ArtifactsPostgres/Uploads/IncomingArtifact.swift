public import Artifacts
public import Postgres

/// An artifact whose bytes have arrived, as the database will know it.
public struct IncomingArtifact: Sendable {
    /// The job that uploads it.
    public var jobID: Int64
    /// SHA-256 of the job's token.
    public var token: [UInt8]
    /// Its type; the format follows from it.
    public var type: FileType
    /// The name that a download is given.
    public var filename: String
    /// Who may read it.
    public var access: ArtifactAccess
    /// How long it is kept; a log is kept for ever, whatever this says.
    public var expiry: ExpireIn
    /// SHA-256 of its bytes.
    public var digest: [UInt8]
    /// Number of bytes.
    public var size: Int64
    /// Whether a member index was built for it.
    public var isIndexed: Bool

    /// Describes an artifact.
    ///
    /// - Parameters:
    ///   - jobID: The job that uploads it.
    ///   - token: SHA-256 of the job's token.
    ///   - type: Its type.
    ///   - filename: The name that a download is given.
    ///   - access: Who may read it.
    ///   - expiry: How long it is kept.
    ///   - digest: SHA-256 of its bytes.
    ///   - size: Number of bytes.
    ///   - isIndexed: Whether a member index was built for it.
    public init(
        jobID: Int64,
        token: [UInt8],
        type: FileType,
        filename: String,
        access: ArtifactAccess,
        expiry: ExpireIn,
        digest: [UInt8],
        size: Int64,
        isIndexed: Bool
    ) {
        self.jobID = jobID
        self.token = token
        self.type = type
        self.filename = filename
        self.access = access
        self.expiry = expiry
        self.digest = digest
        self.size = size
        self.isIndexed = isIndexed
    }

    /// Microseconds from the upload to its expiry, or `nil` for none.
    var lifetime: Int64? {
        switch expiry {
        case .after(let microseconds) where type != .trace: microseconds
        case .after, .never: nil
        }
    }
}

/// Why an artifact that has arrived was not taken in; nothing of it is in the database then.
public enum IntakeFailure<Placing: Error>: Error, PostgresErrorConvertible {
    /// The job may not upload, or not any more.
    case refused(UploadRefusal)
    /// The job has an artifact of that type with other bytes.
    case otherContentExists
    /// It is larger than its type or project allows.
    case tooLarge
    /// The project has no room for it.
    case quotaExceeded(QuotaExceeded)
    /// The bytes could not be put in their place.
    case placing(Placing)
    /// The database refused or is away.
    case database(PostgresError)

    /// A failure of the database.
    ///
    /// - Parameter error: The failure.
    public init(_ error: PostgresError) {
        self = .database(error)
    }
}

/// A project whose artifacts have no room for an upload.
public struct QuotaExceeded: Error, Sendable, Equatable {
    /// The project's full path.
    public var projectPath: String
    /// How many bytes its artifacts have.
    public var used: Int64
    /// How many they may have.
    public var quota: Int64

    /// Describes a lack of room.
    ///
    /// - Parameters:
    ///   - projectPath: The project's full path.
    ///   - used: How many bytes its artifacts have.
    ///   - quota: How many they may have.
    public init(projectPath: String, used: Int64, quota: Int64) {
        self.projectPath = projectPath
        self.used = used
        self.quota = quota
    }
}
