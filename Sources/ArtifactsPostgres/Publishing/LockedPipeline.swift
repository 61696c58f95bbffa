internal import Artifacts
internal import Postgres

/// A pipeline whose row a transaction holds, and its project's before it.
struct LockedPipeline {
    let id: Int64
    let ref: PipelineRef
    let status: PipelineStatus
    let isOpen: Bool
    let declaredStatus: PipelineStatus?

    init(id: Int64, projectID: Int64, _ row: Row) throws(PostgresError) {
        self.id = id
        ref = PipelineRef(projectID: projectID, isTag: try row.bool(0), name: try row.text(1))
        status = try row.choice(2, of: PipelineStatus.self)
        isOpen = try row.bool(3)
        declaredStatus = try row.optionalText(4).flatMap(PipelineStatus.init(rawValue:))
    }

    /// Gives the pipeline the status that follows from its jobs, and recomputes locks where that is another one.
    ///
    /// - Parameters:
    ///   - isOpen: Whether its client will add more to it: it runs then, whatever its jobs say.
    ///   - connection: A connection inside the transaction.
    /// - Throws: `PostgresError` where the database refuses or is away.
    func settle(isOpen: Bool, _ connection: Connection) throws(PostgresError) {
        let computed = isOpen ? .running : PipelineStatus(jobs: try outcomes(connection))
        let settled = declaredStatus ?? computed
        guard settled != status || isOpen != self.isOpen else { return }
        try connection.query(Self.update, id, settled.rawValue, isOpen)
        guard settled != status else { return }
        try PipelineLocks.recompute(connection, refs: [ref])
    }

    /// The different outcomes of its jobs: the status does not depend on how often there is which.
    private func outcomes(_ connection: Connection) throws(PostgresError) -> [JobOutcome] {
        var outcomes: [JobOutcome] = []
        for row in try connection.query(Self.outcomes, id) {
            let status = try row.choice(0, of: JobStatus.self)
            outcomes.append(JobOutcome(status: status, allowFailure: try row.bool(1)))
        }
        return outcomes
    }

    static let outcomes = Statement(
        "SELECT DISTINCT status, allow_failure FROM jobs WHERE pipeline_id = $1 AND NOT retried"
    )

    static let update = Statement(
        """
        UPDATE pipelines
        SET status = $2, open = $3, updated_at = CASE WHEN status = $2 THEN updated_at ELSE clock_timestamp() END
        WHERE id = $1
        """
    )
}
