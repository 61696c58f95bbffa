/// The signature that nginx's `secure_link_md5` verifies by itself.
///
/// MD5 of a text with a secret at its end. It is no HMAC and MD5 is broken for collisions, so it serves nothing but short-lived
/// URLs of immutable content that nginx must check without asking anybody; what the service verifies is `HMACSHA256`.
public enum SecureLinkMD5 {
    /// Signs the text of a link.
    ///
    /// - Parameter text: What `secure_link_md5` evaluates to: expiry, path, every argument that shapes a header, secret.
    /// - Returns: The MD5 in URL-safe Base64 without padding, 22 characters.
    /// - Throws: `algorithmUnavailable` under a policy that forbids MD5.
    public static func sign(_ text: String) throws(CryptographyError) -> String {
        let algorithm = try MessageDigest.md5()
        var digest: (UInt64, UInt64) = (0, 0)
        return try withUnsafeMutableBytes(of: &digest) { buffer throws(CryptographyError) in
            try text.withUTF8Bytes { bytes throws(CryptographyError) in
                try algorithm.hash(bytes, into: buffer.assumingMemoryBound(to: UInt8.self))
            }
            return Base64.encode(buffer, alphabet: .urlSafe)
        }
    }
}
