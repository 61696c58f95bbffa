import CLibCrypto

/// Comparison whose duration does not tell where two secrets differ.
public enum ConstantTime {
    /// Compares bytes; the C function is `CRYPTO_memcmp`.
    ///
    /// - Parameters:
    ///   - left: One value.
    ///   - right: The other value.
    /// - Returns: Whether they are equal. That the lengths differ is not kept secret.
    public static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// Compares the UTF-8 forms of texts.
    ///
    /// - Parameters:
    ///   - left: One value.
    ///   - right: The other value.
    /// - Returns: Whether they are equal. That the lengths differ is not kept secret.
    public static func equals(_ left: String, _ right: String) -> Bool {
        equals(Array(left.utf8), Array(right.utf8))
    }

    /// Compares digests.
    ///
    /// - Parameters:
    ///   - left: One value.
    ///   - right: The other value.
    /// - Returns: Whether they are equal.
    public static func equals(_ left: SHA256Digest, _ right: SHA256Digest) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                CRYPTO_memcmp(left.baseAddress, right.baseAddress, SHA256Digest.byteCount) == 0
            }
        }
    }
}
