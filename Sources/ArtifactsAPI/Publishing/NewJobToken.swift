internal import Cryptography

/// The token of a new job: shown in one answer, stored as a digest only.
struct NewJobToken {
    /// GitLab's prefix, by which scanners for secrets know job tokens.
    private static let prefix = "glcbt-"
    /// 192 bits, 32 characters.
    private static let byteCount = 24

    let text: String
    let digest: SHA256Digest

    /// Draws a token.
    ///
    /// - Throws: `RequestFailure` where libcrypto fails.
    init() throws(RequestFailure) {
        do {
            text = Self.prefix + Base64.encode(try RandomBytes.generate(Self.byteCount), alphabet: .urlSafe)
            digest = try SHA256Digest(hashing: text)
        } catch {
            throw .internal(cause: error.description)
        }
    }
}
