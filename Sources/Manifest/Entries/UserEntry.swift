import Artifacts

/// An element of `users`.
struct UserEntry {
    let path: DocumentPath
    let username: String
    let id: Int64?
    let name: String?
    let email: String?
    let isAdmin: Bool?
    let isAuditor: Bool?
    let isExternal: Bool?
    let state: UserState?
    let accessTokens: [AccessTokenEntry]?

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let username = fields.required("username") { $0.word() }
        id = fields.value("id") { $0.id() }
        name = fields.value("name") { $0.text() }
        email = fields.value("email") { $0.text() }
        isAdmin = fields.value("admin") { $0.boolean() }
        isAuditor = fields.value("auditor") { $0.boolean() }
        isExternal = fields.value("external") { $0.boolean() }
        state = fields.value("state") { $0.choice(UserState.self) }
        accessTokens = fields.list("access_tokens") { AccessTokenEntry(reading: $0, ofBot: false) }
        fields.finish()
        guard let username else { return nil }
        self.username = username
    }
}
