/// A set of ASCII characters: one bit for each.
///
/// Membership is a shift and a mask, because it is asked once for every byte of a request.
public struct ByteSet: Sendable, Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// Makes the set of a text's characters.
    ///
    /// - Parameter characters: The members. What is not ASCII is left out.
    public init(_ characters: String) {
        for byte in characters.utf8 where byte < 0x80 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    /// Asks for one byte.
    ///
    /// - Parameter byte: The byte.
    /// - Returns: Whether it is a member. A byte outside ASCII never is.
    public func contains(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        return byte < 64 ? low >> UInt64(byte) & 1 == 1 : high >> UInt64(byte - 64) & 1 == 1
    }

    private static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    /// `unreserved` of RFC 3986 §2.3: what a query value may hold unescaped.
    ///
    /// `&`, `=`, `+` and `;` would be read as structure, so nothing beyond the unreserved characters is left as it is.
    public static let queryValue = ByteSet(alphanumerics + "-._~")

    /// `pchar` of RFC 3986 §3.3 without the escapes: what one segment of a path may hold unescaped.
    public static let pathSegment = ByteSet(alphanumerics + "-._~!$&'()*+,;=:@")

    /// `attr-char` of RFC 8187 §3.2.1: what an extended parameter value may hold unescaped.
    public static let extendedValue = ByteSet(alphanumerics + "!#$&+-.^_`|~")

    /// The characters of a path that is encoded already: segments, slashes and percent signs.
    ///
    /// It makes a raw path safe to be put between `<` and `>`, without encoding it twice.
    public static let encodedPath = ByteSet(alphanumerics + "-._~!$&'()*+,;=:@/%")

    /// `tchar` of RFC 9110 §5.6.2.
    static let token = ByteSet(alphanumerics + "!#$%&'*+-.^_`|~")
}
