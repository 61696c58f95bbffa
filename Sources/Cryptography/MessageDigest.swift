import CLibCrypto

/// A digest algorithm of libcrypto.
///
/// `@unchecked Sendable` holds because an `EVP_MD` is immutable and reference-counted, and this one is never freed.
struct MessageDigest: @unchecked Sendable {
    let pointer: OpaquePointer

    /// SHA-256, fetched once: in OpenSSL 3 an implicit fetch for every digest costs more than a short digest itself.
    private static let fetchedSHA256 = EVP_MD_fetch(nil, "SHA256", nil).map(MessageDigest.init)

    private static let fetchedMD5 = EVP_MD_fetch(nil, "MD5", nil).map(MessageDigest.init)

    private init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    static func sha256() throws(CryptographyError) -> MessageDigest {
        guard let fetchedSHA256 else { throw .algorithmUnavailable(.sha256) }
        return fetchedSHA256
    }

    static func md5() throws(CryptographyError) -> MessageDigest {
        guard let fetchedMD5 else { throw .algorithmUnavailable(.md5) }
        return fetchedMD5
    }

    /// Computes the digest of bytes at once; the C function is `EVP_Digest`.
    ///
    /// - Parameters:
    ///   - bytes: The message.
    ///   - output: Room for the digest.
    /// - Throws: `functionFailed` if the library cannot.
    func hash(
        _ bytes: UnsafeRawBufferPointer,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) throws(CryptographyError) {
        guard EVP_Digest(bytes.baseAddress, bytes.count, output.baseAddress, nil, pointer, nil) == 1 else {
            throw .functionFailed(.digest)
        }
    }
}
