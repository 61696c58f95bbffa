/// Why libcrypto could not do its work.
///
/// It means a broken installation or no memory, never bad input: there is nothing that a client could do better.
public enum CryptographyError: Error, Equatable, Sendable {
    /// The library does not offer the algorithm, as MD5 under a FIPS policy.
    case algorithmUnavailable(Algorithm)
    /// A function of the library reported a failure.
    case functionFailed(Function)

    /// An algorithm that the service needs.
    public enum Algorithm: String, Sendable {
        /// SHA-256 (FIPS 180-4).
        case sha256 = "SHA-256"
        /// MD5 (RFC 1321), for nginx's `secure_link_md5` only.
        case md5 = "MD5"
    }

    /// A function of libcrypto that can fail.
    public enum Function: String, Sendable {
        /// Makes a digest context.
        case contextNew = "EVP_MD_CTX_new"
        /// Starts a digest.
        case digestInit = "EVP_DigestInit_ex"
        /// Feeds a digest.
        case digestUpdate = "EVP_DigestUpdate"
        /// Ends a digest.
        case digestFinal = "EVP_DigestFinal_ex"
        /// Computes a digest at once.
        case digest = "EVP_Digest"
        /// Computes a keyed hash.
        case hmac = "HMAC"
        /// Draws random bytes.
        case random = "RAND_bytes"
    }
}

extension CryptographyError: CustomStringConvertible {
    /// A sentence without any data, for clients and logs.
    public var description: String {
        switch self {
        case .algorithmUnavailable(let algorithm): "\(algorithm.rawValue) is not available"
        case .functionFailed(let function): "\(function.rawValue) failed"
        }
    }
}
