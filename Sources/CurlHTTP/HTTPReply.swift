/// A response that has come in full.
public struct HTTPReply: Sendable {
    /// The status.
    public var status: Int
    /// The header fields of the final response.
    public var headers: [(name: String, value: String)]
    /// The body, or its first mebibyte.
    public var body: [UInt8]

    /// Puts a response together.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - headers: The header fields.
    ///   - body: The body.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a field, or `nil`.
    ///
    /// - Parameter name: The field's name, in any case.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
