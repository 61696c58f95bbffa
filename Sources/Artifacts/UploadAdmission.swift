/// What decides whether a job may upload, apart from its token.
public struct UploadingJob: Sendable, Equatable {
    /// The job's status.
    public var status: JobStatus
    /// Whether its artifacts and log were erased.
    public var isErased: Bool
    /// The account of its user, or `nil` where it has none.
    public var userState: UserState?

    /// Describes a job.
    ///
    /// - Parameters:
    ///   - status: The job's status.
    ///   - isErased: Whether its artifacts and log were erased.
    ///   - userState: The account of its user, or `nil`.
    public init(status: JobStatus, isErased: Bool = false, userState: UserState? = nil) {
        self.status = status
        self.isErased = isErased
        self.userState = userState
    }
}

/// Why a job may not upload.
public enum UploadRefusal: Error, Sendable, Equatable {
    /// There is no such job, or the token is not its own: which of the two is not told.
    case unknown
    /// The job was erased.
    case erased
    /// The job does not run.
    case notRunning(JobStatus)
    /// The account of the job's user lets nobody in.
    case userNotActive(UserState)
}

extension UploadingJob {
    /// Checks whether the job may upload, in the order of the contract.
    ///
    /// A job that is being canceled may still deliver what it has.
    ///
    /// - Throws: ``UploadRefusal`` with the first thing that speaks against it.
    public func check() throws(UploadRefusal) {
        try checkExistence()
        guard status == .running || status == .canceling else { throw .notRunning(status) }
    }

    /// Checks what holds whatever the job's status: that its user is let in and that it was not erased.
    ///
    /// - Throws: ``UploadRefusal`` with the first thing that speaks against it.
    public func checkExistence() throws(UploadRefusal) {
        if let userState, userState != .active { throw .userNotActive(userState) }
        if isErased { throw .erased }
    }
}
