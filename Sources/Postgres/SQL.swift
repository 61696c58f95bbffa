/// A statement whose interpolated values are binds, never text.
///
///     let jobs: SQL = "SELECT id FROM jobs WHERE project_id = \(project) AND ref = \(ref)"
///
/// has the text `SELECT id FROM jobs WHERE project_id = $1 AND ref = $2` and two binds, so no value can change the
/// statement. Interpolating another `SQL` composes the two and numbers the binds anew. Raw text has to be spelled
/// `\(unescaped:)`. On a hot path use `Statement`, which is found without hashing its text.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The text around the binds: always one piece more than there are binds.
    private var pieces: [String]

    /// The values of `$1`, `$2` and so on.
    public private(set) var binds: [Bind]

    /// A statement without binds.
    ///
    /// - Parameter value: The literal text.
    public init(stringLiteral value: String) {
        pieces = [value]
        binds = []
    }

    /// A statement from an interpolated literal.
    ///
    /// - Parameter stringInterpolation: The pieces and binds that the literal gave.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// A statement from text that the program made itself; `$1` in it refers to no bind.
    ///
    /// - Parameter text: The text, which must hold nothing from outside.
    public init(unescaped text: String) {
        pieces = [text]
        binds = []
    }

    /// The text with a numbered placeholder for each bind.
    public var text: String {
        guard !binds.isEmpty else { return pieces[0] }
        var text = pieces[0]
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += "$\(index + 1)"
            text += piece
        }
        return text
    }

    /// Continues the statement with another, whose binds are numbered on.
    ///
    /// - Parameter other: What follows.
    public mutating func append(_ other: SQL) {
        appendText(other.pieces[0])
        pieces.append(contentsOf: other.pieces.dropFirst())
        binds.append(contentsOf: other.binds)
    }

    /// Two statements one behind the other.
    ///
    /// - Parameters:
    ///   - left: The first part.
    ///   - right: The part that follows.
    /// - Returns: Both as one statement.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    /// Continues a statement.
    ///
    /// - Parameters:
    ///   - left: The statement.
    ///   - right: What follows.
    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    private mutating func appendText(_ text: String) {
        pieces[pieces.count - 1] += text
    }

    private mutating func appendBind(_ bind: Bind) {
        binds.append(bind)
        pieces.append("")
    }

    /// What the compiler calls for the parts of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var sql = SQL(unescaped: "")

        /// An empty statement.
        ///
        /// - Parameters:
        ///   - literalCapacity: The length of the literal text.
        ///   - interpolationCount: The number of interpolations.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Literal text.
        ///
        /// - Parameter literal: The text.
        public mutating func appendLiteral(_ literal: String) {
            sql.appendText(literal)
        }

        /// A value, which becomes a bind.
        ///
        /// - Parameter value: The value.
        public mutating func appendInterpolation(_ value: some SQLBindable) {
            sql.appendBind(value.bind)
        }

        /// A value that may be missing, which becomes a bind or a typed NULL.
        ///
        /// - Parameter value: The value.
        public mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) {
            sql.appendBind(value.bind)
        }

        /// Another statement, which becomes part of this one.
        ///
        /// - Parameter fragment: The statement.
        public mutating func appendInterpolation(_ fragment: SQL) {
            sql.append(fragment)
        }

        /// Raw text, for an identifier or a keyword that the program chose itself.
        ///
        /// - Parameter text: The text, which must hold nothing from outside.
        public mutating func appendInterpolation(unescaped text: String) {
            sql.appendText(text)
        }
    }
}

extension [SQL] {
    /// Joins statements, for a list of conditions for instance.
    ///
    /// - Parameter separator: What stands between two of them.
    /// - Returns: All of them as one statement.
    public func joined(separator: SQL) -> SQL {
        var joined = SQL(unescaped: "")
        for (index, part) in enumerated() {
            if index > 0 { joined.append(separator) }
            joined.append(part)
        }
        return joined
    }
}
