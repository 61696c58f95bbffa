public import ContentStore
public import Postgres

/// Why a manifest was not applied; nothing has changed then.
public enum ManifestError: Error, Sendable, PostgresErrorConvertible {
    /// The document contradicts itself, the database or the files it names (exit status 65, `EX_DATAERR` of sysexits.h).
    case invalid([ManifestProblem])
    /// The document's file cannot be read.
    case unreadable(String)
    /// The database refused or was lost.
    case database(PostgresError)
    /// The store could not take in a file.
    case store(ContentStoreError)

    /// Wraps a failure of the database.
    ///
    /// - Parameter error: The failure.
    public init(_ error: PostgresError) {
        self = .database(error)
    }
}

extension ManifestError: CustomStringConvertible {
    /// What to print: one line a problem.
    public var description: String {
        switch self {
        case .invalid(let problems): problems.map(\.description).joined(separator: "\n")
        case .unreadable(let sentence): sentence
        case .database(let error): error.description
        case .store(let error): error.description
        }
    }
}
