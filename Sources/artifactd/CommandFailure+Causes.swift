import ContentStore
import FastCGI
import Manifest
import Observability
import Postgres
import Sweeping

extension CommandFailure {
    /// A failure of the database: to be tried again, or a fault.
    static func database(_ error: PostgresError) -> CommandFailure {
        CommandFailure(
            status: error.isUnavailable ? .unavailable : .internal,
            message: "database: \(error.debugDescription)"
        )
    }

    /// A failure to bring the schema up to date, or to look at it.
    static func database(_ error: MigrationError) -> CommandFailure {
        if case .database(let error) = error { return .database(error) }
        return CommandFailure(status: .configuration, message: "\(error)")
    }

    /// A store that cannot be used.
    static func store(_ error: ContentStoreError) -> CommandFailure {
        CommandFailure(status: .unavailable, message: "store: \(error)")
    }

    /// A socket that cannot be listened on.
    static func listening(_ error: FastCGIError) -> CommandFailure {
        CommandFailure(status: .unavailable, message: "\(error)")
    }

    /// The operators' listener cannot be had.
    static func monitoring(_ error: ObservabilityError) -> CommandFailure {
        CommandFailure(status: .unavailable, message: "\(error)")
    }

    /// A pass of the sweeper that came to no end.
    static func sweeping(_ error: SweepError) -> CommandFailure {
        switch error {
        case .database(let error): .database(error)
        case .store(let error): .store(error)
        case .system: CommandFailure(status: .unavailable, message: "\(error)")
        }
    }

    /// A manifest that was not applied.
    static func manifest(_ error: ManifestError) -> CommandFailure {
        switch error {
        case .invalid, .unreadable: CommandFailure(status: .badData, message: "\(error)")
        case .database(let error): .database(error)
        case .store(let error): .store(error)
        }
    }
}
