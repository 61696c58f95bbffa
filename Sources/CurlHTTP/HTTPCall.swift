/// A request that is to be sent.
public struct HTTPCall: Sendable {
    /// A request body.
    public enum Body: Sendable {
        /// None.
        case none
        /// Bytes in memory.
        case bytes([UInt8])
        /// A file between two pieces of text, as a form with one file is. It is read by position, so a call can be repeated.
        case file(before: [UInt8], descriptor: Int32, length: Int64, after: [UInt8])

        /// How many bytes it has.
        public var length: Int64 {
            switch self {
            case .none: 0
            case .bytes(let bytes): Int64(bytes.count)
            case .file(let before, _, let length, let after): Int64(before.count) + length + Int64(after.count)
            }
        }
    }

    /// The method.
    public var method: String
    /// The absolute URL.
    public var url: String
    /// Header fields, in their order.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: Body

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - url: The absolute URL.
    ///   - headers: Header fields, in their order.
    ///   - body: The body.
    public init(_ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: Body = .none) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
