/// Why a request is refused before any artifact is looked at.
///
/// The domain knows no HTTP: one table at the edge gives each case its status and body.
public enum Denial: Error, Sendable, Equatable {
    /// An unknown or malformed token, or one of a job that does not run any more.
    case unauthorized
    /// An access token past its expiry.
    case tokenExpired
    /// An access token that was revoked.
    case tokenRevoked
    /// An access token without the scope that the method needs.
    case insufficientScope
    /// A user whose account does not let them in.
    case userNotActive(UserState)
    /// The project does not exist, or must look so.
    case projectNotFound
    /// The caller sees the project and has not the right.
    case forbidden
    /// A job token of a project that the target does not let in; last path components.
    case jobTokenNotAllowed(source: String, target: String)
    /// A job token whose allowlist entry lacks a policy; the target's full path.
    case jobTokenLacksPolicy(path: String, policy: String)
}
