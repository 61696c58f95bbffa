import CLibCrypto

/// Unpredictable bytes for tokens and keys.
public enum RandomBytes {
    /// Draws bytes from the library's generator; the C function is `RAND_bytes`.
    ///
    /// - Parameter count: How many bytes; none for a negative number.
    /// - Returns: The bytes.
    /// - Throws: `CryptographyError` if the generator has no entropy, or cannot give so many.
    public static func generate(_ count: Int) throws(CryptographyError) -> [UInt8] {
        guard count > 0 else { return [] }
        guard let length = Int32(exactly: count) else { throw .functionFailed(.random) }
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, length) == 1 else { throw .functionFailed(.random) }
        return bytes
    }
}
