internal import Artifacts
public import Postgres

extension PublishingCatalog {
    /// Makes a pipeline that runs until ``finish(pipeline:project:recording:)`` says otherwise.
    ///
    /// Its number is drawn, and its time taken, while the project's row is held, so that they have the same order.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline; if one was made by its key before, that one is the result.
    ///   - record: Called last in the transaction with the pipeline's number if it is new, for the audit trail.
    /// - Returns: The pipeline as it is now.
    /// - Throws: ``PublishingFailure``.
    public func create(
        _ pipeline: NewPipeline,
        recording record: (Connection, Int64) throws(PostgresError) -> Void = { _, _ in }
    ) throws(PublishingFailure) -> PipelineRecord {
        let made = try change { connection throws(PublishingFailure) in
            let isThere = try PublishingFailure.wrapping { () throws(PostgresError) in
                try Self.lockProject(pipeline.projectID, connection)
            }
            guard isThere else { return nil as PipelineRecord? }
            let before = try Self.made(pipeline, connection)
            return try PublishingFailure.wrapping { () throws(PostgresError) -> PipelineRecord? in
                if let before { return try PipelineCatalog.pipeline(before, project: pipeline.projectID, connection) }
                let id = try connection.query(Self.insertPipeline, Self.binds(pipeline)).onlyRow().int64(0)
                if let key = pipeline.key { try connection.query(Self.namePipeline, id, key) }
                let ref = PipelineRef(projectID: pipeline.projectID, isTag: pipeline.isTag, name: pipeline.ref)
                try PipelineLocks.recompute(connection, refs: [ref], pipelines: pipeline.parent == nil ? [] : [id])
                let made = try PipelineCatalog.pipeline(id, project: pipeline.projectID, connection)
                try record(connection, id)
                return made
            }
        }
        guard let made else { throw .noProject }
        return made
    }

    /// Ends a pipeline that was made over the API: its status follows from its jobs from now on.
    ///
    /// One that nothing waits for any more stays as it is.
    ///
    /// - Parameters:
    ///   - id: The pipeline.
    ///   - projectID: The project that it must belong to.
    ///   - record: Called last in the transaction if it changes the pipeline, for the audit trail.
    /// - Returns: The pipeline as it is now, and whether that is news.
    /// - Throws: ``PublishingFailure``.
    public func finish(
        pipeline id: Int64,
        project projectID: Int64,
        recording record: (Connection) throws(PostgresError) -> Void = { _ in }
    ) throws(PublishingFailure) -> (pipeline: PipelineRecord, hasChanged: Bool) {
        let outcome = try change { connection throws(PublishingFailure) in
            try PublishingFailure.wrapping { () throws(PostgresError) -> (PipelineRecord, Bool)? in
                guard try Self.lockProject(projectID, connection),
                    let pipeline = try Self.lockPipeline(id, project: projectID, connection)
                else { return nil }
                if pipeline.isOpen { try pipeline.settle(isOpen: false, connection) }
                guard let ended = try PipelineCatalog.pipeline(id, project: projectID, connection) else { return nil }
                if pipeline.isOpen { try record(connection) }
                return (ended, pipeline.isOpen)
            }
        }
        guard let outcome else { throw .noPipeline }
        return outcome
    }

    /// Finds the project of a pipeline that is named as a parent.
    ///
    /// - Parameter id: The pipeline; 0 is none.
    /// - Returns: The project's number, or `nil` where there is no such pipeline.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func project(ofPipeline id: Int64) throws(PostgresError) -> Int64? {
        try pool.query(Self.projectOfPipeline, id, idempotent: true).optionalRow()?.int64(0)
    }

    private static func binds(_ pipeline: NewPipeline) -> [Bind] {
        [
            .int8(pipeline.projectID), .text(pipeline.ref), .bool(pipeline.isTag), .text(pipeline.sha),
            .text(pipeline.source), (pipeline.parent?.id).bind, (pipeline.parent?.projectID).bind,
            pipeline.userID.bind, .bool(pipeline.instanceKeepsLatest),
        ]
    }

    static let projectOfPipeline = Statement("SELECT project_id FROM pipelines WHERE id = $1")

    /// Times of a ref never contradict its numbers, whatever a manifest has said or the clock does.
    static let insertPipeline = Statement(
        """
        INSERT INTO pipelines (project_id, iid, ref, tag, sha, source, status, open, parent_id, parent_project_id, user_id,
                               keep_latest, created_at, updated_at)
        SELECT p.id, COALESCE((SELECT max(n.iid) FROM pipelines n WHERE n.project_id = p.id), 0) + 1, $2, $3, $4, $5,
               'running', true, $6, $7, $8, p.keep_latest_artifact AND $9, moment.now, moment.now
        FROM projects p
        CROSS JOIN LATERAL (
            SELECT GREATEST(clock_timestamp(), (
                SELECT n.created_at FROM pipelines n WHERE n.project_id = p.id AND n.ref = $2 ORDER BY n.id DESC LIMIT 1
            )) AS now OFFSET 0
        ) moment
        WHERE p.id = $1
        RETURNING id
        """
    )
}
