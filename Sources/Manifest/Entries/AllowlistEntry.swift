import Artifacts

/// An element of `inbound_allowlist` or `outbound_allowlist`.
struct AllowlistEntry {
    enum Direction: String {
        case inbound
        case outbound
    }

    enum Target {
        case project(FullPath)
        case group(FullPath)
    }

    let path: DocumentPath
    let target: Target
    /// Nil, from an absent key or null: the default permissions; an empty list: none.
    let policies: [String]?

    /// Only inbound entries can name a group, and restrict what is permitted.
    init?(reading node: DocumentNode, direction: Direction) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let project = fields.value("project") { $0.fullPath() }
        let namesGroup = direction == .inbound && fields.has("group")
        let group = namesGroup ? fields.value("group") { $0.fullPath() } : nil
        if direction == .inbound {
            policies = fields.setting("policies") { $0.elements()?.compactMap { $0.word() } }?.value
        } else {
            policies = nil
        }
        fields.finish()
        guard fields.has("project") != namesGroup else {
            fields.report("project", namesGroup ? "is given together with group" : "is missing")
            return nil
        }
        guard let target = project.map(Target.project) ?? group.map(Target.group) else { return nil }
        self.target = target
    }
}
