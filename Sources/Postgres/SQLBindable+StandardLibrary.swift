extension Bind: SQLBindable {
    /// The bind itself.
    public var bind: Bind { self }
}

extension Int64: SQLBindable {
    /// `bigint`.
    public static var sqlType: PostgresType { .int8 }
    /// The value as it is sent.
    public var bind: Bind { .int8(self) }
}

extension Int: SQLBindable {
    /// `bigint`.
    public static var sqlType: PostgresType { .int8 }
    /// The value as it is sent.
    public var bind: Bind { .int8(Int64(self)) }
}

extension Int32: SQLBindable {
    /// `integer`.
    public static var sqlType: PostgresType { .int4 }
    /// The value as it is sent.
    public var bind: Bind { .int4(self) }
}

extension Bool: SQLBindable {
    /// `boolean`.
    public static var sqlType: PostgresType { .bool }
    /// The value as it is sent.
    public var bind: Bind { .bool(self) }
}

extension String: SQLBindable {
    /// `text`.
    public static var sqlType: PostgresType { .text }
    /// The value as it is sent.
    public var bind: Bind { .text(self) }
}

extension Double: SQLBindable {
    /// `double precision`.
    public static var sqlType: PostgresType { .float8 }
    /// The value as it is sent.
    public var bind: Bind { .float8(self) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    /// The type of the value that may be missing.
    public static var sqlType: PostgresType { Wrapped.sqlType }
    /// The value as it is sent, or a typed NULL.
    public var bind: Bind { self?.bind ?? .null(Wrapped.sqlType) }
}

extension Array: SQLBindable where Element: SQLArrayElement {
    /// The type of the array.
    public static var sqlType: PostgresType { Element.sqlArrayType }
    /// The array as it is sent.
    public var bind: Bind { Element.bind(self) }
}

extension UInt8: SQLArrayElement {
    /// `bytea`: an array of bytes is a byte string.
    public static var sqlArrayType: PostgresType { .bytea }

    /// The bytes as a byte string.
    ///
    /// - Parameter elements: The bytes.
    /// - Returns: The bind.
    public static func bind(_ elements: [UInt8]) -> Bind { .bytes(elements) }
}

extension Int64: SQLArrayElement {
    /// `bigint[]`.
    public static var sqlArrayType: PostgresType { .int8Array }

    /// The array as it is sent.
    ///
    /// - Parameter elements: The array.
    /// - Returns: The bind.
    public static func bind(_ elements: [Int64]) -> Bind { .int8Array(elements) }
}

extension Int: SQLArrayElement {
    /// `bigint[]`.
    public static var sqlArrayType: PostgresType { .int8Array }

    /// The array as it is sent.
    ///
    /// - Parameter elements: The array.
    /// - Returns: The bind.
    public static func bind(_ elements: [Int]) -> Bind { .int8Array(elements.map(Int64.init)) }
}

extension String: SQLArrayElement {
    /// `text[]`.
    public static var sqlArrayType: PostgresType { .textArray }

    /// The array as it is sent.
    ///
    /// - Parameter elements: The array.
    /// - Returns: The bind.
    public static func bind(_ elements: [String]) -> Bind { .textArray(elements) }
}

extension Optional: SQLArrayElement where Wrapped == String {
    /// `text[]`.
    public static var sqlArrayType: PostgresType { .textArray }

    /// The array as it is sent, NULL for each missing element.
    ///
    /// - Parameter elements: The array.
    /// - Returns: The bind.
    public static func bind(_ elements: [String?]) -> Bind { .textArray(elements) }
}

extension Array: SQLArrayElement where Element == UInt8 {
    /// `bytea[]`.
    public static var sqlArrayType: PostgresType { .byteaArray }

    /// The array as it is sent.
    ///
    /// - Parameter elements: The array.
    /// - Returns: The bind.
    public static func bind(_ elements: [[UInt8]]) -> Bind { .byteaArray(elements) }
}
