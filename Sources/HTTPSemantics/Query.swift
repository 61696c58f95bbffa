/// The decoded parameters of a query, in the order in which they were sent.
///
/// A request has a handful of them: a list that is searched from its end is cheaper than a Dictionary, and keeps repeated names.
public struct Query: Sendable, Equatable {
    /// One `name=value` pair.
    public struct Parameter: Sendable, Equatable {
        /// The decoded name, such as `scope[]`.
        public let name: String
        /// The decoded value, empty if there was no `=`.
        public let value: String
    }

    /// All parameters.
    public let parameters: [Parameter]

    /// Decodes `application/x-www-form-urlencoded` pairs: `+` is a space, in names and in values.
    ///
    /// Empty pairs (`a=1&&b=2`) are skipped. `;` is no separator.
    ///
    /// - Parameter bytes: The raw query, without the `?`.
    /// - Throws: `malformedQuery` for a bad escape, invalid UTF-8 or a NUL, even in a parameter that nobody asks for.
    public init(_ bytes: ArraySlice<UInt8>) throws(HTTPSemanticsError) {
        var parameters: [Parameter] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = PercentCoding.decodeToString(pair[..<mark], plusIsSpace: true),
                let value = PercentCoding.decodeToString(pair[mark...].dropFirst(), plusIsSpace: true)
            else { throw .malformedQuery }
            parameters.append(Parameter(name: name, value: value))
        }
        self.parameters = parameters
    }

    /// Decodes the query of a text.
    ///
    /// - Parameter text: The raw query, without the `?`.
    /// - Throws: `malformedQuery` as for bytes.
    public init(_ text: String) throws(HTTPSemanticsError) {
        try self.init(ArraySlice(text.utf8))
    }

    /// Looks up one parameter; of a repeated one the last wins.
    ///
    /// - Parameter name: The decoded name, byte for byte.
    /// - Returns: The value, which may be empty, or nil if the parameter was not sent.
    public func last(_ name: String) -> String? {
        parameters.last { $0.name.hasSameBytes(as: name) }?.value
    }

    /// Looks up a list parameter.
    ///
    /// - Parameter name: The decoded name, such as `path[]`.
    /// - Returns: Every value, in the order in which they were sent.
    public func all(_ name: String) -> [String] {
        parameters.lazy.filter { $0.name.hasSameBytes(as: name) }.map(\.value)
    }
}
