/// Why migrations could not be read or applied.
///
/// Written for the operator; nothing in it is secret.
public enum MigrationError: Error, Sendable {
    /// A file that ends in `.sql` and is not named `NNNN_name.sql`.
    case badName(String)
    /// Two files with one number.
    case duplicate(version: Int)
    /// A number that is left out.
    case gap(version: Int)
    /// A file or directory that cannot be read, with the error number of the system call.
    case unreadable(path: String, errno: Int32)
    /// A file that is not UTF-8, or holds a NUL.
    case notText(String)
    /// Applied files whose content has changed since.
    case changed([String])
    /// Versions in the database for which there is no file: a newer release has been here.
    case ahead([Int])
    /// Files that come before one that is already applied.
    case outOfOrder([String])
    /// Another session applies migrations, and did not finish in time.
    case locked(holderPID: Int64?)
    /// A file that ends the transaction in which it runs.
    case endsTransaction(String)
    /// A file that the server refused.
    case failed(String, PostgresError)
    /// A failure around the files.
    case database(PostgresError)
}

extension MigrationError: PostgresErrorConvertible {
    /// A failure around the files.
    ///
    /// - Parameter error: The failure.
    public init(_ error: PostgresError) {
        self = .database(error)
    }
}

extension MigrationError: CustomStringConvertible {
    /// One sentence that says what is wrong and where.
    public var description: String {
        switch self {
        case .badName(let name): "the migration \(name) is not named NNNN_name.sql (lower-case letters, digits, _)"
        case .duplicate(let version): "there are two migrations with the number \(version)"
        case .gap(let version): "the migration number \(version) is missing"
        case .unreadable(let path, let errno): "the migrations in \(path) cannot be read (errno \(errno))"
        case .notText(let name): "the migration \(name) is not UTF-8 text"
        case .changed(let names): "changed after they were applied: \(names.joined(separator: ", "))"
        case .ahead(let versions): "the schema is ahead of this release: unknown \(MigrationStatus.list(versions))"
        case .outOfOrder(let names): "they come before an applied migration: \(names.joined(separator: ", "))"
        case .locked(let pid?): "another session is migrating (backend process \(pid))"
        case .locked(nil): "another session is migrating"
        case .endsTransaction(let name): "the migration \(name) ends its own transaction; leave BEGIN and COMMIT out"
        case .failed(let name, let error): "the migration \(name) failed: \(error.debugDescription)"
        case .database(let error): "the migrations could not be applied: \(error.debugDescription)"
        }
    }
}
