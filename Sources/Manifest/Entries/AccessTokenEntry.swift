import Artifacts
import Cryptography

/// An element of `access_tokens`, of a user, group or project.
///
/// A token that a shorter list has revoked stays revoked when it is listed again, unless the entry says `revoked: false`:
/// no document lets a token in again by saying nothing about it.
struct AccessTokenEntry {
    let path: DocumentPath
    let name: String
    /// The token itself is never kept.
    let digest: SHA256Digest?
    /// The role of the bot, for a group or project token.
    let role: Role?
    let scopes: [String]?
    let expiresAt: Setting<TimeExpression>?
    let isRevoked: Bool?

    init?(reading node: DocumentNode, ofBot: Bool) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let name = fields.required("name") { $0.name() }
        digest = fields.value("token") { $0.tokenDigest() }
        role = ofBot ? fields.value("role") { $0.role() } : nil
        scopes = fields.list("scopes") { $0.word() }
        expiresAt = fields.setting("expires_at") { $0.time() }
        isRevoked = fields.value("revoked") { $0.boolean() }
        fields.finish()
        guard let name else { return nil }
        self.name = name
    }
}
