import Artifacts

/// An element of `members`.
struct MemberEntry {
    let path: DocumentPath
    let username: String
    let role: Role
    let expiresAt: Setting<TimeExpression>?

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let username = fields.required("user") { $0.word() }
        let role = fields.required("role") { $0.role() }
        expiresAt = fields.setting("expires_at") { $0.time() }
        fields.finish()
        guard let username, let role else { return nil }
        self.username = username
        self.role = role
    }
}
