import Artifacts
import Postgres

/// A stored project.
struct ProjectRow: Equatable {
    let id: Int64
    let path: String
    var name: String
    var visibility = Visibility.private.rawValue
    var hasPublicJobs = true
    var buildsAccessLevel = BuildsAccessLevel.enabled.rawValue
    var keepsLatestArtifact = true
    var isArchived = false
    var defaultBranch: String?
    var isInboundEnabled = true
    var isOutboundEnabled = false

    init(id: Int64, fullPath: FullPath) {
        self.id = id
        path = fullPath.text
        name = fullPath.lastComponent
    }

    static let columns: SQL = """
        p.id, p.path, p.name, p.visibility, p.public_jobs, p.builds_access_level, p.keep_latest_artifact, p.archived,
        p.default_branch, p.job_token_inbound_enabled, p.job_token_outbound_enabled
        """

    /// Reads the columns, which begin at the second of the row.
    init(_ row: Row) throws(PostgresError) {
        id = try row.int64(1)
        path = try row.text(2)
        name = try row.text(3)
        visibility = try row.text(4)
        hasPublicJobs = try row.bool(5)
        buildsAccessLevel = try row.text(6)
        keepsLatestArtifact = try row.bool(7)
        isArchived = try row.bool(8)
        defaultBranch = try row.optionalText(9)
        isInboundEnabled = try row.bool(10)
        isOutboundEnabled = try row.bool(11)
    }

    mutating func take(_ entry: ProjectEntry) {
        name = entry.name ?? name
        visibility = entry.visibility?.rawValue ?? visibility
        hasPublicJobs = entry.hasPublicJobs ?? hasPublicJobs
        buildsAccessLevel = entry.buildsAccessLevel?.rawValue ?? buildsAccessLevel
        keepsLatestArtifact = entry.keepsLatestArtifact ?? keepsLatestArtifact
        isArchived = entry.isArchived ?? isArchived
        defaultBranch.take(entry.defaultBranch)
        isInboundEnabled = entry.jobTokenScope?.isInboundEnabled ?? isInboundEnabled
        isOutboundEnabled = entry.jobTokenScope?.isOutboundEnabled ?? isOutboundEnabled
    }
}
