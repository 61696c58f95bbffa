import Artifacts
import Postgres

/// A stored job.
struct JobRow: Equatable {
    var id: Int64 = 0
    let pipelineID: Int64
    let projectID: Int64
    var key: String?
    var name = ""
    var stage = "test"
    var status = JobStatus.created.rawValue
    var allowsFailure = false
    var when = JobEntry.When.onSuccess.rawValue
    var isRetried = false
    var userID: Int64?
    var tokenDigest: [UInt8]?
    var failureReason: String?
    var tags: [String] = []
    var coverage: Double?
    var createdAt = StoredTime()
    var startedAt = StoredTime()
    var finishedAt = StoredTime()
    var erasedAt = StoredTime()

    init(of pipeline: PipelineRow) {
        pipelineID = pipeline.id
        projectID = pipeline.projectID
    }

    static let columns = """
        j.id, j.pipeline_id, j.project_id, j.manifest_key, j.name, j.stage, j.status, j.allow_failure, j."when",
        j.retried, j.user_id, j.token_digest, j.failure_reason, j.tags, j.coverage,
        j.created_at, j.declared_times->>'created_at', j.started_at, j.declared_times->>'started_at',
        j.finished_at, j.declared_times->>'finished_at', j.erased_at, j.declared_times->>'erased_at'
        """

    init(_ row: Row) throws(PostgresError) {
        id = try row.int64(0)
        pipelineID = try row.int64(1)
        projectID = try row.int64(2)
        key = try row.optionalText(3)
        name = try row.text(4)
        stage = try row.text(5)
        status = try row.text(6)
        allowsFailure = try row.bool(7)
        when = try row.text(8)
        isRetried = try row.bool(9)
        userID = try row.optionalInt64(10)
        tokenDigest = try row.optionalBytes(11)
        failureReason = try row.optionalText(12)
        tags = try row.textArray(13).compactMap(\.self)
        coverage = try row.optionalDouble(14)
        createdAt = try StoredTime(row, 15, 16)
        startedAt = try StoredTime(row, 17, 18)
        finishedAt = try StoredTime(row, 19, 20)
        erasedAt = try StoredTime(row, 21, 22)
    }
}
