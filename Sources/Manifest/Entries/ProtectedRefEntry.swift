import Artifacts

/// An element of `protected_refs`; who may push to it is `maintainer` unless given, as GitLab has it.
struct ProtectedRefEntry {
    let path: DocumentPath
    let name: String
    let pushAccessLevel: PushAccessLevel?

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let name = fields.required("name") { $0.name() }
        pushAccessLevel = fields.value("push_access_level") { $0.choice(PushAccessLevel.self) }
        fields.finish()
        guard let name else { return nil }
        self.name = name
    }
}
