import Artifacts
import Postgres

/// A stored pipeline.
struct PipelineRow: Equatable {
    struct Parent: Equatable {
        let id: Int64
        let projectID: Int64
    }

    var id: Int64 = 0
    let projectID: Int64
    var iid: Int64 = 0
    var key: String?
    var ref = ""
    var isTag = false
    var sha = String(repeating: "0", count: 40)
    var source = ""
    var status = PipelineStatus.created.rawValue
    var declaredStatus: String?
    var isOpen = false
    var parent: Parent?
    var keepsLatest = false
    var createdAt = StoredTime()

    init(projectID: Int64) {
        self.projectID = projectID
    }

    static let columns = """
        p.id, p.project_id, p.iid, p.manifest_key, p.ref, p.tag, p.sha, p.source, p.status, p.declared_status, p.open,
        p.parent_id, p.parent_project_id, p.keep_latest, p.created_at, p.declared_times->>'created_at'
        """

    init(_ row: Row) throws(PostgresError) {
        id = try row.int64(0)
        projectID = try row.int64(1)
        iid = try row.int64(2)
        key = try row.optionalText(3)
        ref = try row.text(4)
        isTag = try row.bool(5)
        sha = try row.text(6)
        source = try row.text(7)
        status = try row.text(8)
        declaredStatus = try row.optionalText(9)
        isOpen = try row.bool(10)
        if let parentID = try row.optionalInt64(11), let parentProjectID = try row.optionalInt64(12) {
            parent = Parent(id: parentID, projectID: parentProjectID)
        }
        keepsLatest = try row.bool(13)
        createdAt = try StoredTime(row, 14, 15)
    }
}
