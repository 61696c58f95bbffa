import Artifacts

/// An element of `pipelines`: found again by its key, or by its id if it has no key.
struct PipelineEntry {
    let path: DocumentPath
    let key: String?
    let id: Int64?
    let iid: Int64?
    let ref: String?
    let isTag: Bool?
    let sha: String?
    let source: String?
    /// Null: computed from the jobs again.
    let status: Setting<PipelineStatus>?
    /// `key`, or `project/path:key`.
    let parent: String?
    let createdAt: TimeExpression?
    let jobs: [JobEntry]

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        key = fields.value("key") { $0.name() }
        id = fields.value("id") { $0.id() }
        iid = fields.value("iid") { $0.id() }
        ref = fields.value("ref") { $0.name() }
        isTag = fields.value("tag") { $0.boolean() }
        sha = fields.value("sha") { $0.commit() }
        source = fields.value("source") { $0.word() }
        status = fields.setting("status") { $0.choice(PipelineStatus.self) }
        parent = fields.value("parent") { $0.name() }
        createdAt = fields.value("created_at") { $0.time() }
        jobs = fields.list("jobs") { JobEntry(reading: $0) } ?? []
        fields.finish()
        guard fields.has("key") || fields.has("id") else {
            fields.report("key", "is missing, and there is no id either")
            return nil
        }
    }
}
