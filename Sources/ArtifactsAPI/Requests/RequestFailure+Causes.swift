internal import Artifacts
internal import ContentStore
internal import Postgres
internal import ZipArchive

extension RequestFailure {
    /// What the client is told when the database failed: to come back, or that the fault is ours.
    static func database(_ error: PostgresError) -> RequestFailure {
        error.isUnavailable ? .unavailable(cause: error.debugDescription) : .internal(cause: error.debugDescription)
    }

    /// A content or its index that cannot be opened is always a fault of ours.
    static func store(_ error: ContentStoreError) -> RequestFailure {
        if case .missing = error { return .lostContent(cause: error.description) }
        return .internal(cause: error.description)
    }

    /// A member that cannot be read: for ever, or because its archive is damaged.
    static func member(_ error: MemberError) -> RequestFailure {
        switch error {
        case .encrypted, .unsupportedMethod: .unprocessable(error.description)
        case .corrupt: .corruptArchive(cause: error.debugDescription)
        case .io: .internal(cause: error.debugDescription)
        }
    }

    /// What keeps a partial archive from being made.
    static func partialArchive(_ error: PartialArchiveError) -> RequestFailure {
        switch error {
        case .noMatch: .missing(.path, reason: .memberNotFound)
        case .extraFieldsTooLong: .unprocessable(error.description)
        case .member(let error): .member(error)
        case .index(let error): .index(error)
        }
    }

    /// A damaged index is a fault of the store, not of the archive.
    static func index(_ error: IndexError) -> RequestFailure {
        .internal(cause: error.description)
    }
}
