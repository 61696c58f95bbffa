internal import Postgres

/// Which parts of ``AccessStatement`` a request needs: without the others the statement costs the database a third less.
///
/// What costs in a statement of lookups by key is that the executor sets up each join and each expression, used or not.
/// The columns are the same in all shapes: of a part that is left out they are constants.
struct AccessShape: Sendable {
    /// Which credentials may have been given.
    enum Credentials: Int, CaseIterable, Sendable {
        /// None: `$1` and `$2` are null.
        case none
        /// An access token and no job token: `$2` is null.
        case accessToken
        /// Anything; of a Bearer value it is not known which of the two it is.
        case any
    }

    /// What names the project.
    enum Naming: Int, CaseIterable, Sendable {
        /// Its number: `$4` is null.
        case id
        /// Its number or its path.
        case any
        /// The number of a job of it, `$5`: `$3` and `$4` are null.
        case job
    }

    let credentials: Credentials
    let naming: Naming

    /// The shape for any request that names a project, or none.
    static let general = AccessShape(credentials: .any, naming: .any)

    /// The least shape for a request's binds.
    ///
    /// - Parameters:
    ///   - project: How the request names the project.
    ///   - accessToken: SHA-256 of what may be an access token, or `nil`.
    ///   - jobToken: SHA-256 of what may be a job token, or `nil`.
    /// - Returns: The shape.
    static func of(_ project: ProjectSelector, _ accessToken: [UInt8]?, _ jobToken: [UInt8]?) -> AccessShape {
        let credentials: Credentials = jobToken != nil ? .any : accessToken != nil ? .accessToken : .none
        if case .id = project { return AccessShape(credentials: credentials, naming: .id) }
        return AccessShape(credentials: credentials, naming: .any)
    }

    /// One statement for each shape.
    struct Statements: Sendable {
        private let statements: [BatchedStatement]

        /// Makes the statements.
        ///
        /// - Parameters:
        ///   - types: The types of the binds that follow those of ``AccessStatement``.
        ///   - text: Gives the text of a shape's.
        init(_ types: [PostgresType], _ text: (AccessShape) -> String) {
            statements = Credentials.allCases.flatMap { credentials in
                Naming.allCases.map { naming in
                    let shape = AccessShape(credentials: credentials, naming: naming)
                    return BatchedStatement(text(shape), types: AccessStatement.types + types)
                }
            }
        }

        /// The statement of a shape.
        subscript(shape: AccessShape) -> BatchedStatement {
            statements[shape.credentials.rawValue * Naming.allCases.count + shape.naming.rawValue]
        }
    }
}
