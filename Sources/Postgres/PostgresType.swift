/// The object identifier of a type in the server's catalogue (`pg_type.dat`).
public struct PostgresType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The object identifier.
    public let rawValue: UInt32

    /// The type with this object identifier.
    ///
    /// - Parameter rawValue: The object identifier.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No declared type: the server infers it from where the parameter stands.
    public static let unknown = PostgresType(rawValue: 0)
    /// `boolean`.
    public static let bool = PostgresType(rawValue: 16)
    /// `bytea`.
    public static let bytea = PostgresType(rawValue: 17)
    /// `"char"`, one byte.
    public static let char = PostgresType(rawValue: 18)
    /// `name`, an identifier.
    public static let name = PostgresType(rawValue: 19)
    /// `bigint`.
    public static let int8 = PostgresType(rawValue: 20)
    /// `smallint`.
    public static let int2 = PostgresType(rawValue: 21)
    /// `integer`.
    public static let int4 = PostgresType(rawValue: 23)
    /// `text`.
    public static let text = PostgresType(rawValue: 25)
    /// `oid`.
    public static let oid = PostgresType(rawValue: 26)
    /// `json`.
    public static let json = PostgresType(rawValue: 114)
    /// `xml`.
    public static let xml = PostgresType(rawValue: 142)
    /// `real`.
    public static let float4 = PostgresType(rawValue: 700)
    /// `double precision`.
    public static let float8 = PostgresType(rawValue: 701)
    /// The type of a literal that nothing gave a type.
    public static let unknownLiteral = PostgresType(rawValue: 705)
    /// `inet`.
    public static let inet = PostgresType(rawValue: 869)
    /// `bytea[]`.
    public static let byteaArray = PostgresType(rawValue: 1001)
    /// `name[]`.
    public static let nameArray = PostgresType(rawValue: 1003)
    /// `smallint[]`.
    public static let int2Array = PostgresType(rawValue: 1005)
    /// `integer[]`.
    public static let int4Array = PostgresType(rawValue: 1007)
    /// `text[]`.
    public static let textArray = PostgresType(rawValue: 1009)
    /// `varchar[]`.
    public static let varcharArray = PostgresType(rawValue: 1015)
    /// `bigint[]`.
    public static let int8Array = PostgresType(rawValue: 1016)
    /// `character(n)`.
    public static let bpchar = PostgresType(rawValue: 1042)
    /// `character varying`.
    public static let varchar = PostgresType(rawValue: 1043)
    /// `timestamp without time zone`.
    public static let timestamp = PostgresType(rawValue: 1114)
    /// `timestamp with time zone`.
    public static let timestamptz = PostgresType(rawValue: 1184)
    /// `numeric`.
    public static let numeric = PostgresType(rawValue: 1700)
    /// `jsonb`.
    public static let jsonb = PostgresType(rawValue: 3802)

    /// The type of arrays of this type, where this module knows one; else ``unknown``.
    public var array: PostgresType {
        switch self {
        case .int8: .int8Array
        case .text: .textArray
        case .bytea: .byteaArray
        case .int4: .int4Array
        default: .unknown
        }
    }

    /// The first identifier that `CREATE TYPE` gives out (`FirstNormalObjectId`, transam.h).
    static let firstUserDefined: UInt32 = 16_384

    /// The object identifier, for error messages.
    public var description: String { "type \(rawValue)" }
}
