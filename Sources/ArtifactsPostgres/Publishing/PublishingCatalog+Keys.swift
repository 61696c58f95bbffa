internal import Postgres

/// Keys by which a repeated request finds what the first one has made.
///
/// They stand where manifests have theirs, with a prefix of their own. A request for the same key waits for the project's row,
/// so that the first has been committed, or has not made anything.
extension PublishingCatalog {
    /// Finds the pipeline that was made by a key.
    ///
    /// - Returns: Its number; `nil` where there is none.
    /// - Throws: `keyReused` where it is another one than is asked for.
    static func made(_ pipeline: NewPipeline, _ connection: Connection) throws(PublishingFailure) -> Int64? {
        guard let key = pipeline.key else { return nil }
        return try found { () throws(PostgresError) in
            try connection.query(findPipeline, pipeline.projectID, key, pipeline.ref, pipeline.isTag, pipeline.sha)
                .optionalRow()
        }
    }

    /// Finds the job that was made by a key.
    ///
    /// - Returns: Its number; `nil` where there is none.
    /// - Throws: `keyReused` where it is another one than is asked for.
    static func made(_ job: NewJob, _ connection: Connection) throws(PublishingFailure) -> Int64? {
        guard let key = job.key else { return nil }
        return try found { () throws(PostgresError) in
            try connection.query(findJob, job.pipelineID, key, job.name).optionalRow()
        }
    }

    private static func found(_ query: () throws(PostgresError) -> Row?) throws(PublishingFailure) -> Int64? {
        let found = try PublishingFailure.wrapping { () throws(PostgresError) -> (Int64, Bool)? in
            guard let row = try query() else { return nil }
            return (try row.int64(0), try row.bool(1))
        }
        guard let (id, isSame) = found else { return nil }
        guard isSame else { throw .keyReused }
        return id
    }

    static let findPipeline = Statement(
        """
        SELECT id, ref = $3 AND tag = $4 AND sha = $5 FROM pipelines WHERE project_id = $1 AND manifest_key = $2
        """
    )

    static let findJob = Statement("SELECT id, name = $3 FROM jobs WHERE pipeline_id = $1 AND manifest_key = $2")

    static let namePipeline = Statement("UPDATE pipelines SET manifest_key = $2 WHERE id = $1")

    static let nameJob = Statement("UPDATE jobs SET manifest_key = $2 WHERE id = $1")
}
