/// A value that travels beside the statement, never inside its text.
///
/// Every bind is sent in PostgreSQL's binary format with its type declared, so no quoting or parsing stands between
/// the program's value and the server's, and bytes pass unchanged, NUL included.
public enum Bind: Sendable, Equatable {
    /// NULL; give the type, so that a prepared statement is the same for a value and for none.
    case null(PostgresType = .unknown)
    /// `smallint`, for the rows of COPY, whose types are the columns'.
    case int2(Int16)
    /// `integer`, for the functions that take no `bigint`.
    case int4(Int32)
    /// `bigint`.
    case int8(Int64)
    /// `boolean`.
    case bool(Bool)
    /// `text`. The server refuses a NUL character (22021). For an enum write `$1::kind`.
    case text(String)
    /// `bytea`.
    case bytes([UInt8])
    /// `timestamptz`, in microseconds; `Int64.min` and `.max` are -infinity and infinity.
    case timestamp(microsecondsSinceUnixEpoch: Int64)
    /// `double precision`.
    case float8(Double)
    /// `inet`, an address without a mask.
    case inet(SQLAddress)
    /// `jsonb`, from JSON text.
    case jsonb(String)
    /// `bigint[]`.
    case int8Array([Int64])
    /// `text[]`, whose elements may be NULL.
    case textArray([String?])
    /// `bytea[]`.
    case byteaArray([[UInt8]])
    /// An array of binds of one type, any of which may be NULL; the type has to have an array type here.
    case array([Bind], of: PostgresType)

    /// The type that is declared to the server.
    public var type: PostgresType {
        switch self {
        case .null(let type): type
        case .int2: .int2
        case .int4: .int4
        case .int8: .int8
        case .bool: .bool
        case .text: .text
        case .bytes: .bytea
        case .timestamp: .timestamptz
        case .float8: .float8
        case .inet: .inet
        case .jsonb: .jsonb
        case .int8Array: .int8Array
        case .textArray: .textArray
        case .byteaArray: .byteaArray
        case .array(_, let element): element.array
        }
    }

    /// Whether it is NULL.
    var isNull: Bool {
        if case .null = self { true } else { false }
    }
}
