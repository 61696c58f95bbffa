public import Artifacts
public import Postgres

/// Finds out why there is nothing to read, for callers who may know.
///
/// Asked only after a miss, so that the statement of a hit stays small.
public struct AbsenceCatalog: Sendable {
    private let pool: ConnectionPool

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Explains why a job has no archive, or not that report, to read.
    ///
    /// - Parameters:
    ///   - jobID: The job, which exists.
    ///   - fileType: The type of what is missing.
    /// - Returns: The reason, or `nil` where the job has gone meanwhile or has artifacts of other types: that it never had
    ///   this report is none of the reasons.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func reason(job jobID: Int64, fileType: FileType = .archive) throws(PostgresError) -> AbsenceReason? {
        let rows = try pool.query(Self.ofJob, [.int8(jobID), .text(fileType.rawValue)], idempotent: true)
        guard let row = try rows.optionalRow() else { return nil }
        return try Self.reason(row, fileType)
    }

    /// Explains why a ref and a job name lead to no job.
    ///
    /// - Parameters:
    ///   - projectID: The project, which exists.
    ///   - ref: The ref that was asked for.
    ///   - jobName: The job that was asked for.
    ///   - fileType: The type of what is missing.
    /// - Returns: The reason, or `nil` as for a job.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func reason(
        project projectID: Int64,
        ref: String,
        jobName: String,
        fileType: FileType = .archive
    ) throws(PostgresError) -> AbsenceReason? {
        let binds: [Bind] = [.int8(projectID), .text(ref), .text(jobName), .text(fileType.rawValue)]
        let rows = try pool.query(Self.ofRef, binds, idempotent: true)
        guard let row = try rows.optionalRow() else { return .noSuccessfulPipeline }
        if try row.isNull(0) { return .jobNotInPipeline }
        return try Self.reason(row, fileType)
    }

    /// Expiry is told by rows that are past theirs, or after the sweep by what is remembered of them: first of the type that
    /// is missing, and where nothing else is available either, of any type that is no part of another.
    ///
    /// The job's own expiry speaks for rows that were swept before anything was remembered.
    ///
    /// - Parameter type: The bind of the file type.
    /// - Returns: The SELECT list that the reason is read from.
    private static func columns(type: String) -> String {
        let other = "NOT IN (\(type), 'trace', 'metadata')"
        return """
            j.id,
            \(hasExpired("= \(type)")),
            EXISTS (SELECT 1 FROM artifacts a WHERE a.job_id = j.id AND a.file_type \(other) AND \(available)),
            \(hasExpired(other)) OR j.erased_at IS NULL AND j.artifacts_expire_at <= now()
            """
    }

    private static func hasExpired(_ types: String) -> String {
        """
        EXISTS (SELECT 1 FROM artifacts a WHERE a.job_id = j.id AND a.file_type \(types) AND NOT \(available))
            OR EXISTS (SELECT 1 FROM gone_artifacts g WHERE g.job_id = j.id AND g.file_type \(types) AND g.expired)
        """
    }

    private static let available = "(a.expire_at IS NULL OR a.locked OR a.expire_at > now())"

    static let ofJob = Statement("SELECT \(columns(type: "$2")) FROM jobs j WHERE j.id = $1")

    static let ofRef = Statement(
        """
        WITH RECURSIVE latest AS (
            SELECT pl.id FROM pipelines pl
            WHERE pl.project_id = $1 AND pl.ref = $2 AND pl.status = 'success' AND NOT pl.dangling
            ORDER BY pl.id DESC LIMIT 1
        ), family (id) AS (
            SELECT id FROM latest
            UNION
            SELECT child.id FROM family f CROSS JOIN LATERAL \(PipelineFamily.children(of: "f")) child
        )
        SELECT \(columns(type: "$4")) FROM latest
        LEFT JOIN LATERAL (
            SELECT named.* FROM family f
            CROSS JOIN LATERAL (
                SELECT n.id, n.erased_at, n.artifacts_expire_at FROM jobs n
                WHERE n.pipeline_id = f.id AND n.name = $3 AND NOT n.retried
                ORDER BY n.id DESC LIMIT 1
            ) named
            ORDER BY f.id LIMIT 1
        ) j ON true
        """
    )

    private static func reason(_ row: Row, _ fileType: FileType) throws(PostgresError) -> AbsenceReason? {
        if try row.bool(1) { return .expired }
        if try row.bool(2) { return fileType == .archive ? .reportsOnly : nil }
        return try row.optionalBool(3) ?? false ? .expired : .noArchive
    }
}
