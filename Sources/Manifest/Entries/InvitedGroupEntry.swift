import Artifacts

/// An element of `invited_groups`.
struct InvitedGroupEntry {
    let path: DocumentPath
    let group: FullPath
    let role: Role
    let expiresAt: Setting<TimeExpression>?

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let group = fields.required("group") { $0.fullPath() }
        let role = fields.required("role") { $0.role() }
        expiresAt = fields.setting("expires_at") { $0.time() }
        fields.finish()
        guard let group, let role else { return nil }
        self.group = group
        self.role = role
    }
}
