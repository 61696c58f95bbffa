import Artifacts
import Cryptography

/// An element of `jobs`: found again by its key, which is its name unless given.
///
/// A job that is created without a status has succeeded, as jobs with artifacts mostly have; one that was started and
/// not finished runs.
struct JobEntry {
    let path: DocumentPath
    let key: String?
    /// Where the key stands: at `key`, or at `name`.
    let keyPath: DocumentPath
    let id: Int64?
    let name: String?
    let stage: String?
    let status: JobStatus?
    let allowsFailure: Bool?
    let when: When?
    let isRetried: Bool?
    let username: Setting<String>?
    let tokenDigest: Setting<SHA256Digest>?
    let failureReason: Setting<String>?
    let tags: [String]?
    let coverage: Setting<Double>?
    let createdAt: TimeExpression?
    let startedAt: Setting<TimeExpression>?
    let finishedAt: Setting<TimeExpression>?
    let erasedAt: Setting<TimeExpression>?
    let artifacts: [ArtifactEntry]

    enum When: String, CaseIterable {
        case onSuccess = "on_success"
        case manual
        case always
        case onFailure = "on_failure"
        case delayed
    }

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        id = fields.value("id") { $0.id() }
        name = fields.value("name") { $0.name() }
        key = fields.value("key") { $0.name() } ?? name
        keyPath = path[fields.has("key") ? "key" : "name"]
        stage = fields.value("stage") { $0.name() }
        status = fields.value("status") { $0.choice(JobStatus.self) }
        allowsFailure = fields.value("allow_failure") { $0.boolean() }
        when = fields.value("when") { $0.choice(When.self) }
        isRetried = fields.value("retried") { $0.boolean() }
        username = fields.setting("user") { $0.word() }
        tokenDigest = fields.setting("token") { $0.tokenDigest() }
        failureReason = fields.setting("failure_reason") { $0.word() }
        tags = fields.list("tags") { $0.word() }
        coverage = fields.setting("coverage") { $0.double() }
        createdAt = fields.value("created_at") { $0.time() }
        startedAt = fields.setting("started_at") { $0.time() }
        finishedAt = fields.setting("finished_at") { $0.time() }
        erasedAt = fields.setting("erased_at") { $0.time() }
        artifacts = fields.list("artifacts") { ArtifactEntry(reading: $0) } ?? []
        fields.finish()
        guard fields.has("name") || fields.has("key") || fields.has("id") else {
            fields.report("name", "is missing")
            return nil
        }
    }
}
