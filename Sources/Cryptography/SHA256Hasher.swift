import CLibCrypto

/// A SHA-256 digest that is fed piece by piece, as an upload arrives.
///
/// It owns an `EVP_MD_CTX`, which is freed with it; it can be moved but not copied.
public struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// Starts a digest; the C functions are `EVP_MD_CTX_new` and `EVP_DigestInit_ex`.
    ///
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public init() throws(CryptographyError) {
        let algorithm = try MessageDigest.sha256()
        guard let context = EVP_MD_CTX_new() else { throw .functionFailed(.contextNew) }
        guard EVP_DigestInit_ex(context, algorithm.pointer, nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .functionFailed(.digestInit)
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes to the message; the C function is `EVP_DigestUpdate`.
    ///
    /// - Parameter bytes: The next bytes, of any number.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) throws(CryptographyError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw .functionFailed(.digestUpdate)
        }
    }

    /// Adds bytes to the message.
    ///
    /// - Parameter bytes: The next bytes, of any number.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public mutating func update(_ bytes: [UInt8]) throws(CryptographyError) {
        guard EVP_DigestUpdate(context, bytes, bytes.count) == 1 else { throw .functionFailed(.digestUpdate) }
    }

    /// Ends the message; the C function is `EVP_DigestFinal_ex`.
    ///
    /// - Returns: The digest of everything that was added.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public consuming func finalize() throws(CryptographyError) -> SHA256Digest {
        let context = context
        return try SHA256Digest.filled { output throws(CryptographyError) in
            guard EVP_DigestFinal_ex(context, output.baseAddress, nil) == 1 else {
                throw .functionFailed(.digestFinal)
            }
        }
    }
}
