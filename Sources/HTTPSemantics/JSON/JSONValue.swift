/// A value of a JSON text (RFC 8259), as a client sent it.
///
/// Numbers stay text: which range counts is the caller's question, and none is rounded on the way.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number as it was written, valid by RFC 8259 §6.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// The members in the order in which they were written, repeated names included.
    case object([JSONMember])

    /// Reads a whole JSON text.
    ///
    /// - Parameter text: The bytes, in UTF-8, without a byte order mark (RFC 8259 §8.1).
    /// - Throws: ``JSONError`` with the place of the first byte that does not fit.
    public init(parsing text: some Collection<UInt8>) throws(JSONError) {
        var reader = JSONReader(text)
        self = try reader.document()
    }

    /// The last member of an object that has a name; `nil` where there is none, or the value is no object.
    ///
    /// - Parameter name: The member's name.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string, or `nil` for any other value.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number within 64 bits, or `nil` for any other value.
    public var integer: Int64? {
        guard case .number(let digits) = self else { return nil }
        return Int64(digits)
    }
}

/// A member of a JSON object.
public struct JSONMember: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its value.
    public let value: JSONValue

    /// Names a value.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value.
    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}
