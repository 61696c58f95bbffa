internal import Cryptography
internal import HTTPSemantics

/// The job token of a request to the runner's endpoints, as the digest to look up.
///
/// The first place that holds one decides: the query (`token`, `job_token`), `JOB-TOKEN`, `Authorization: Bearer`, then the
/// form, as far as its fields come before the file.
enum UploadToken {
    /// Finds the token outside of the body.
    ///
    /// - Parameter request: The request.
    /// - Returns: The digest, or `nil` where there is none; an empty value counts as none.
    /// - Throws: `RequestFailure` where libcrypto fails.
    static func outsideBody(of request: APIRequest) throws(RequestFailure) -> SHA256Digest? {
        let named = [
            request.query.last("token"), request.query.last("job_token"), request.field("HTTP_JOB_TOKEN"),
            AuthorizationHeader.bearerToken(request.field("HTTP_AUTHORIZATION")),
        ]
        for case .some(let token) in named where !token.isEmpty { return try digest(of: token) }
        return nil
    }

    /// Whether a field of the form may hold the token.
    static func isField(_ name: String) -> Bool { name == "token" || name == "job_token" }

    static func digest(of token: String) throws(RequestFailure) -> SHA256Digest {
        do { return try SHA256Digest(hashing: token) } catch { throw .internal(cause: error.description) }
    }
}
