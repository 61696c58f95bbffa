internal import Artifacts
internal import Cryptography
internal import HTTPSemantics

/// The credentials of a request: the digests to look up, never the tokens.
///
/// An access token beats a job token, and of each kind the first place that holds one decides; an empty value counts as
/// absent. A Bearer value may be either and is looked up as both.
struct PresentedToken: Equatable {
    /// The digest of what may be an access token.
    private(set) var access: SHA256Digest?
    /// The digest of what may be a job token.
    private(set) var job: SHA256Digest?

    /// Finds the credentials of a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - acceptsJobTokens: Whether the endpoint takes job tokens; elsewhere they count as no credentials.
    /// - Throws: `RequestFailure` where libcrypto fails.
    init(_ request: APIRequest, acceptsJobTokens: Bool) throws(RequestFailure) {
        let bearer = AuthorizationHeader.bearerToken(request.field("HTTP_AUTHORIZATION")).flatMap(Self.nonEmpty)
        let named =
            Self.nonEmpty(request.query.last("private_token")) ?? Self.nonEmpty(request.field("HTTP_PRIVATE_TOKEN"))
        access = try Self.digest(named ?? bearer)
        guard acceptsJobTokens, named == nil else { return }
        let jobToken =
            Self.nonEmpty(request.query.last("job_token")) ?? Self.nonEmpty(request.field("HTTP_JOB_TOKEN")) ?? bearer
        job = try Self.digest(jobToken)
    }

    /// Whether the request carried any credential.
    var presented: Authentication.Presented {
        access == nil && job == nil ? .nothing : .token
    }

    private static func nonEmpty(_ text: String?) -> String? {
        text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func digest(_ token: String?) throws(RequestFailure) -> SHA256Digest? {
        guard let token else { return nil }
        do { return try SHA256Digest(hashing: token) } catch { throw .internal(cause: error.description) }
    }
}
