import Artifacts

/// An element of `projects`.
struct ProjectEntry {
    let path: DocumentPath
    let fullPath: FullPath
    let id: Int64?
    let name: String?
    let visibility: Visibility?
    let hasPublicJobs: Bool?
    let buildsAccessLevel: BuildsAccessLevel?
    let keepsLatestArtifact: Bool?
    let isArchived: Bool?
    let defaultBranch: Setting<String>?
    /// Each with its place in the document.
    let previousPaths: [(path: DocumentPath, fullPath: FullPath)]?
    /// Whether the project may have another project's previous path.
    let takesOver: Bool
    let protectedRefs: [ProtectedRefEntry]?
    let lists: AccessLists
    let jobTokenScope: JobTokenScopeEntry?
    let pipelines: [PipelineEntry]

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let fullPath = fields.required("path") { $0.fullPath() }
        id = fields.value("id") { $0.id() }
        name = fields.value("name") { $0.name() }
        visibility = fields.value("visibility") { $0.choice(Visibility.self) }
        hasPublicJobs = fields.value("public_jobs") { $0.boolean() }
        buildsAccessLevel = fields.value("builds_access_level") { $0.choice(BuildsAccessLevel.self) }
        keepsLatestArtifact = fields.value("keep_latest_artifact") { $0.boolean() }
        isArchived = fields.value("archived") { $0.boolean() }
        defaultBranch = fields.setting("default_branch") { $0.name() }
        previousPaths = fields.list("previous_paths") { node in node.fullPath().map { (node.path, $0) } }
        takesOver = fields.value("take_over") { $0.boolean() } ?? false
        protectedRefs = fields.list("protected_refs") { ProtectedRefEntry(reading: $0) }
        lists = AccessLists(reading: fields)
        jobTokenScope = fields.value("job_token_scope") { JobTokenScopeEntry(reading: $0) }
        pipelines = fields.list("pipelines") { PipelineEntry(reading: $0) } ?? []
        fields.finish()
        guard let fullPath else { return nil }
        self.fullPath = fullPath
    }
}
