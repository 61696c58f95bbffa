internal import Artifacts
public import Postgres

/// Makes artifacts of the logs of jobs that have ended.
public struct TraceArchival: Sendable {
    private let pool: ConnectionPool

    /// Prepares the work.
    ///
    /// - Parameter pool: The database.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Works on the next log that nobody else works on, in one transaction.
    ///
    /// The first piece of the log is held meanwhile, which is what keeps sweepers from doing the same work twice; who
    /// reads the log or looks at the job is not held up. Erasing the job waits.
    ///
    /// - Parameters:
    ///   - jobID: The last job that was looked at; the log is that of one behind it.
    ///   - failure: The error type of `body`.
    ///   - body: What is done with the log; undone when it throws.
    /// - Returns: The job, and what `body` returned; `nil` where there is no such log.
    /// - Throws: What `body` throws, or the failure of the database, converted.
    public func next<R, Failure: PostgresErrorConvertible>(
        after jobID: Int64,
        throwing failure: Failure.Type,
        _ body: (EndedTrace) throws(Failure) -> R
    ) throws(Failure) -> (jobID: Int64, result: R)? {
        try pool.transaction(throwing: failure) { connection throws(Failure) in
            let found = try Failure.wrapping { () throws(PostgresError) in
                try connection.query(Self.next, jobID).optionalRow()?.int64(0)
            }
            guard let found else { return nil }
            return (found, try body(EndedTrace(jobID: found, connection: connection)))
        }
    }

    /// The job is looked up for each log: a join may be planned as a walk through all jobs.
    static let next = Statement(
        """
        SELECT k.job_id FROM trace_chunks k
        WHERE k.start_offset = 0 AND k.job_id > $1
          AND (SELECT j.status FROM jobs j WHERE j.id = k.job_id) IN (\(ended))
        ORDER BY k.job_id LIMIT 1
        FOR UPDATE OF k SKIP LOCKED
        """
    )

    fileprivate static let ended = JobStatus.allCases.filter(\.isComplete).map { "'\($0.rawValue)'" }.joined(
        separator: ", "
    )
}

/// The log of a job that has ended, held by the transaction that makes an artifact of it.
public struct EndedTrace {
    /// The job.
    public let jobID: Int64
    fileprivate let connection: Connection

    /// What became of the log.
    public enum Outcome: Sendable, Equatable {
        /// It is an artifact now.
        case stored
        /// The job had one already, uploaded as a whole, which stands for the log.
        case superseded
        /// Somebody changes the job just now, or made it run again; nothing was done.
        case busy
    }

    /// Reads the log from its beginning to its end.
    ///
    /// - Parameters:
    ///   - failure: The error type of `take`.
    ///   - take: Given one piece after the other.
    /// - Throws: What `take` throws, or the failure of the database, converted.
    public func read<Failure: PostgresErrorConvertible>(
        throwing failure: Failure.Type,
        _ take: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var position: Int64 = 0
        while true {
            let start = position
            let chunks = try Failure.wrapping { () throws(PostgresError) in
                try connection.query(Self.batch, jobID, start)
                    .map { row throws(PostgresError) in try TraceChunk(row) }
            }
            guard let last = chunks.last else { return }
            for chunk in chunks { try take(chunk.bytes) }
            position = last.end
        }
    }

    /// Makes the artifact's row and deletes the pieces.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of the log.
    ///   - size: How many bytes were read.
    ///   - failure: The error type of `place`.
    ///   - place: Puts the bytes in their place; called at most once.
    /// - Returns: What became of it.
    /// - Throws: What `place` throws, or the failure of the database, converted.
    public func store<Failure: PostgresErrorConvertible>(
        digest: [UInt8],
        size: Int64,
        throwing failure: Failure.Type,
        place: (Contents.Intake) throws(Failure) -> Void
    ) throws(Failure) -> Outcome {
        let state = try Failure.wrapping { () throws(PostgresError) -> Bool? in
            // Whoever erases the job holds it and waits for the piece that is held here.
            guard try !connection.query(Self.lockJob, jobID).isEmpty else { return nil }
            let state = try connection.query(TraceWriter.state, jobID).onlyRow()
            return try state.int64(0) == size ? state.bool(1) : nil
        }
        guard let isSuperseded = state else { return .busy }
        if !isSuperseded {
            let content = try Failure.wrapping { () throws(PostgresError) in
                try Contents.intake(connection, digest: digest, size: size, isIndexed: false)
            }
            if content.isNew { try place(content) }
            try Failure.wrapping { () throws(PostgresError) in
                _ = try connection.query(Self.insert, jobID, size, content.id)
            }
        }
        try Failure.wrapping { () throws(PostgresError) in _ = try connection.query(Self.delete, jobID) }
        return isSuperseded ? .superseded : .stored
    }

    static let batch = Statement(
        """
        SELECT start_offset, data FROM trace_chunks WHERE job_id = $1 AND start_offset >= $2
        ORDER BY start_offset LIMIT 8
        """
    )

    static let lockJob = Statement(
        "SELECT 1 FROM jobs WHERE id = $1 AND status IN (\(TraceArchival.ended)) FOR NO KEY UPDATE SKIP LOCKED"
    )

    /// A log is not limited by quotas and has no expiry.
    ///
    /// The pipeline is locked as by an upload.
    static let insert = Statement(
        """
        INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id, locked)
        SELECT p.project_id, p.id, $1, 'trace', 'raw', 'job.log', $2, $3, p.locked
        FROM pipelines p WHERE p.id = (SELECT pipeline_id FROM jobs WHERE id = $1)
        FOR KEY SHARE OF p
        """
    )

    static let delete = Statement("DELETE FROM trace_chunks WHERE job_id = $1")
}
