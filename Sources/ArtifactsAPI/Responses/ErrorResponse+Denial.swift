internal import Artifacts

extension ErrorResponse {
    /// The answers of the contract's section 2 (tokens and users) and 3 (rights).
    init(_ denial: Denial) {
        switch denial {
        case .unauthorized: self.init(status: 401, body: [("message", "401 Unauthorized")])
        case .tokenExpired:
            self.init(
                invalidToken: "Token is expired. You can either do re-authorization or token refresh."
            )
        case .tokenRevoked:
            self.init(invalidToken: "Token was revoked. You have to re-authorize from the user.")
        case .insufficientScope:
            let description = "The request requires higher privileges than provided by the access token."
            self.init(
                status: 403,
                body: [
                    ("error", "insufficient_scope"), ("error_description", description), ("scope", "api read_api"),
                ]
            )
        case .userNotActive(let state):
            self.init(status: 403, body: [("message", "403 Forbidden - \(Self.sentence(state))")])
        case .projectNotFound: self.init(status: 404, body: [("message", "404 Project Not Found")])
        case .forbidden: self.init(status: 403, body: [("message", "403 Forbidden")])
        case .jobTokenNotAllowed(let source, let target):
            let sentence = "Authentication by CI/CD job token not allowed from \(source) to \(target)."
            self.init(status: 403, body: [("message", "403 Forbidden - \(sentence)")])
        case .jobTokenLacksPolicy(let path, let policy):
            let sentence =
                "Insufficient permissions to access this resource in project \(path). "
                + "The following token permission is required: \(policy)."
            self.init(status: 403, body: [("message", "403 Forbidden - \(sentence)")])
        }
    }

    private init(status: Int, body: [(String, String)]) {
        self.init(status: status, body: body.map { (name: $0.0, text: $0.1) }, fields: [])
    }

    /// RFC 6750 §3.1: the challenge repeats what the body says.
    private init(invalidToken description: String) {
        let challenge =
            "Bearer realm=\"Protected by OAuth 2.0\", error=\"invalid_token\", error_description=\"\(description)\""
        self.init(
            status: 401,
            body: [(name: "error", text: "invalid_token"), (name: "error_description", text: description)],
            fields: [(name: "WWW-Authenticate", value: challenge)]
        )
    }

    private static func sentence(_ state: UserState) -> String {
        switch state {
        case .active, .blocked: "Your account has been blocked."
        case .pendingApproval: "Your account is pending approval from your administrator and hence blocked."
        case .deactivated:
            "Your account has been deactivated by your administrator. "
                + "Please log back in from a web browser to reactivate your account."
        }
    }
}
