internal import Cryptography

/// The token of a new job: shown in one answer, stored as a digest only.
struct NewJobToken {
    /// GitLab's prefix, by which scanners for secrets know job tokens.
    private static let prefix = "glcbt-"
    /// 192 bits, 32 characters.
    private static let byteCount = 24

    let text: String
    let digest: SHA256Digest

    /// Derives a token, which is the same whenever the same job is asked for again.
    ///
    /// - Parameters:
    ///   - key: By which it is asked for.
    ///   - pipelineID: The job's pipeline.
    ///   - accessToken: The digest of the caller's access token.
    /// - Throws: `RequestFailure` where libcrypto fails.
    init(_ key: IdempotencyKey, pipeline pipelineID: Int64, for accessToken: SHA256Digest) throws(RequestFailure) {
        let bytes = try key.derived("job token of \(pipelineID)", accessToken)
        text = Self.prefix + Base64.encode(bytes.prefix(Self.byteCount), alphabet: .urlSafe)
        do { digest = try SHA256Digest(hashing: text) } catch { throw .internal(cause: error.description) }
    }

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
