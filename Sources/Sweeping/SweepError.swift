public import ContentStore
public import Postgres

/// What can end a pass of the sweeper before its time.
public enum SweepError: Error, Sendable {
    /// The database refuses or is away.
    case database(PostgresError)
    /// The store cannot be used.
    case store(ContentStoreError)
    /// The system gives no thread or descriptor; the number is errno's.
    case system(call: String, code: Int32)
}

extension SweepError: PostgresErrorConvertible {
    /// The failure of the database as one of a pass.
    ///
    /// - Parameter error: The failure.
    public init(_ error: PostgresError) { self = .database(error) }

    static func storing<R>(_ body: () throws(ContentStoreError) -> R) throws(SweepError) -> R {
        do { return try body() } catch { throw .store(error) }
    }
}

extension SweepError: CustomStringConvertible {
    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .database(let error): "database: \(error.debugDescription)"
        case .store(let error): "store: \(error)"
        case .system(let call, let code): "\(call) failed with error \(code)"
        }
    }
}
