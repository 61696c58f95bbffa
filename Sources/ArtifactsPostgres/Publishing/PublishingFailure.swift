public import Artifacts
public import Postgres

/// Why something was not published; nothing has changed then.
public enum PublishingFailure: Error, Sendable, PostgresErrorConvertible {
    /// The project has gone meanwhile.
    case noProject
    /// The project has no such pipeline.
    case noPipeline
    /// The pipeline has come to its end and takes no further job, but for one that is run again.
    case pipelineFinished
    /// Something else was made by the same key.
    case keyReused
    /// The job that is to be run again is not one of that name in the pipeline, or has been run again already.
    case notRetryable
    /// The job takes no word of its runner, or not this one.
    case refused(UploadRefusal)
    /// The database refused or is away.
    case database(PostgresError)

    /// A failure of the database.
    ///
    /// - Parameter error: The failure.
    public init(_ error: PostgresError) {
        self = .database(error)
    }
}
