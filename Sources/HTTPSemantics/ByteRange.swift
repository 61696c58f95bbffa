/// A satisfiable range of bytes, both ends included (RFC 9110 §14.1.2).
public struct ByteRange: Sendable, Equatable {
    /// The position of the first byte.
    public let first: Int64
    /// The position of the last byte, never before the first.
    public let last: Int64

    /// Makes a range.
    ///
    /// - Parameters:
    ///   - first: The position of the first byte, not negative.
    ///   - last: The position of the last byte; one before the first is taken for the first.
    public init(first: Int64, last: Int64) {
        self.first = max(0, first)
        self.last = max(self.first, last)
    }

    /// How many bytes the range has.
    public var count: Int64 { last == .max && first == 0 ? .max : last - first + 1 }

    /// Whether both ranges share a byte.
    ///
    /// - Parameter other: The other range.
    /// - Returns: False for ranges that only touch.
    public func overlaps(_ other: ByteRange) -> Bool {
        first <= other.last && other.first <= last
    }

    /// The value of `Content-Range` for a 206 (RFC 9110 §14.4).
    ///
    /// - Parameter size: The size of the whole representation.
    /// - Returns: Text such as `bytes 0-499/1234`.
    public func contentRange(size: Int64) -> String {
        "bytes \(first)-\(last)/\(size)"
    }

    /// The value of `Content-Range` for a 416.
    ///
    /// - Parameter size: The size of the whole representation.
    /// - Returns: Text such as `bytes */1234`.
    public static func unsatisfiedContentRange(size: Int64) -> String {
        "bytes */\(size)"
    }
}
