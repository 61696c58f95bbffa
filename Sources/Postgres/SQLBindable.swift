/// A value that can stand in a statement as a bind.
///
/// A domain type conforms by handing over the bind of what it wraps, and its `sqlType`, so that a missing one is a
/// typed NULL.
public protocol SQLBindable {
    /// The type declared for a NULL of this kind.
    static var sqlType: PostgresType { get }

    /// The value as it is sent.
    var bind: Bind { get }
}

extension SQLBindable {
    /// Left to the server to infer.
    public static var sqlType: PostgresType { .unknown }
}

/// A value whose arrays can stand in a statement as one bind.
///
/// Swift allows one conditional conformance of `Array`, so the element says what its array is.
public protocol SQLArrayElement {
    /// The type declared for the array.
    static var sqlArrayType: PostgresType { get }

    /// The array as it is sent.
    ///
    /// - Parameter elements: The array.
    /// - Returns: The bind.
    static func bind(_ elements: [Self]) -> Bind
}

/// A `timestamptz` in microseconds since the Unix epoch.
///
/// A type of its own, because a bare integer would be sent as a `bigint`.
public struct SQLTimestamp: SQLBindable, Hashable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z; `Int64.min` and `.max` are -infinity and infinity.
    public let microseconds: Int64

    /// The moment that many microseconds after the Unix epoch.
    ///
    /// - Parameter microseconds: Microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// `timestamptz`.
    public static var sqlType: PostgresType { .timestamptz }

    /// The value as it is sent.
    public var bind: Bind { .timestamp(microsecondsSinceUnixEpoch: microseconds) }
}
