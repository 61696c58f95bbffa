internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import FastCGI
internal import HTTPSemantics
internal import Postgres
internal import ZipArchive

/// What can be wrong with an upload, beyond what any request may fail by.
enum UploadProblem: Equatable {
    /// The job does not run or is erased; an unknown one, or a user that is not let in, is any request's failure.
    case erased
    case notRunning(JobStatus)
    /// The body or the file in it is not what it must be; the sentence says why.
    case malformed(String)
    /// The type's format is another one.
    case formatMismatch
    /// The job has an artifact of the type with other bytes.
    case otherContentExists
    case tooLarge
    /// The client sent too slowly.
    case tooSlow
    /// The disk is full; the sentence is for the log.
    case diskFull(cause: String)
    case quotaExceeded(QuotaExceeded)
    /// The job's log would become larger than logs may be.
    case logTooLarge
    /// The job's log was uploaded as a whole: nothing is appended to it.
    case logIsStored

    /// A body that holds more than one file, or a file in another field.
    static let moreThanOneFile = Self.malformed("One file is taken, in the field \"file\".")
    /// A body without its closing boundary.
    static let incomplete = Self.malformed("The body ended before its closing boundary.")
    static let incompleteLog = Self.malformed("The body ended before its announced end.")
    static let missingContentRange = Self.malformed("Missing header Content-Range")
    static let invalidContentRange = Self.malformed("Content-Range is not of the form 0-1023.")
    static let wrongDigest = Self.malformed("The content does not have the digest that was announced.")
    static let fieldsTooLarge = Self.malformed("The form's fields are too large.")
    /// A body that holds nothing but parameters.
    static let bodyTooLarge = Self.malformed("The body is too large.")

    /// What the operator must know of it, or `nil` where only the client is concerned.
    var cause: String? {
        switch self {
        case .diskFull(let cause): cause
        case .tooSlow: "the upload was too slow"
        default: nil
        }
    }
}

extension RequestFailure {
    /// Why a job may not upload.
    static func refused(_ refusal: UploadRefusal) -> RequestFailure {
        switch refusal {
        case .unknown: .denied(.forbidden)
        case .userNotActive(let state): .denied(.userNotActive(state))
        case .erased: .upload(.erased)
        case .notRunning(let status): .upload(.notRunning(status))
        }
    }

    /// A form that cannot be read is the client's error.
    static func form(_ error: MultipartError) -> RequestFailure { .upload(.malformed(error.description)) }

    /// A body that does not come to its end.
    static func body(_ error: ExchangeError) -> RequestFailure {
        error == .timedOut ? .upload(.tooSlow) : .upload(.incomplete)
    }

    /// A store that does not take the bytes: for lack of room, because they are no zip, or by a fault.
    static func intake(_ error: ContentStoreError) -> RequestFailure {
        switch error {
        case .full: .upload(.diskFull(cause: error.description))
        case .unreadableArchive(let error): .upload(.malformed(error.description))
        default: .store(error)
        }
    }

    /// What keeps an artifact out that has arrived.
    static func intake(_ error: IntakeFailure<ContentStoreError>, _ change: AuditedChange) -> RequestFailure {
        switch error {
        case .refused(let refusal): .refused(refusal)
        case .otherContentExists: .upload(.otherContentExists)
        case .tooLarge: .upload(.tooLarge)
        case .quotaExceeded(let lack): .upload(.quotaExceeded(lack))
        case .placing(let error): .intake(error)
        case .database(let error) where error.isOutOfDiskSpace: .upload(.diskFull(cause: error.debugDescription))
        case .database(let error): change.failure(error)
        }
    }
}

extension PostgresError {
    /// Whether the database's own disk is full (53100).
    var isOutOfDiskSpace: Bool { sqlState?.rawValue == "53100" }
}
