import Glibc

/// The identifier that ties the log lines, the response and the error body of one request together.
///
/// A client's value is kept if it is harmless in a header, a log line and a page: `[A-Za-z0-9._-]{1,64}`.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// The identifier.
    public let description: String

    /// How long an identifier may be, in bytes.
    public static let longest = 64

    /// Takes an identifier that came with a request.
    ///
    /// Fails if the value is not of the allowed form.
    ///
    /// - Parameter text: The value of `X-Request-Id`.
    public init?(validating text: String) {
        let count = text.utf8.count
        guard count >= 1, count <= RequestID.longest, text.utf8.allSatisfy(RequestID.isAllowed) else { return nil }
        description = text
    }

    private init(trusted text: String) { description = text }

    /// Makes an identifier of 128 random bits, as 32 hexadecimal digits.
    ///
    /// The corresponding C function is `getentropy(3)`, getrandom(2) without its special cases.
    ///
    /// - Returns: A new identifier.
    public static func generate() -> RequestID {
        let (high, low) = randomWords()
        return RequestID(
            trusted: String(unsafeUninitializedCapacity: 32) { buffer in
                for digit in 0..<16 {
                    buffer[digit] = hexDigit(high >> UInt64(60 - 4 * digit))
                    buffer[digit + 16] = hexDigit(low >> UInt64(60 - 4 * digit))
                }
                return 32
            }
        )
    }

    /// Takes the client's identifier if it is of the allowed form, else makes one.
    ///
    /// - Parameter text: The value of `X-Request-Id`, if there was one.
    /// - Returns: The identifier of the request.
    public static func accepting(_ text: String?) -> RequestID {
        text.flatMap(RequestID.init(validating:)) ?? generate()
    }

    private static func randomWords() -> (UInt64, UInt64) {
        var words = (UInt64(0), UInt64(0))
        if withUnsafeMutableBytes(of: &words, { getentropy($0.baseAddress, $0.count) }) == 0 { return words }
        var generator = SystemRandomNumberGenerator()
        return (generator.next(), generator.next())
    }

    private static func hexDigit(_ value: UInt64) -> UInt8 {
        let nibble = UInt8(truncatingIfNeeded: value & 15)
        return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
