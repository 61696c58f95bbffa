public import Postgres

/// A piece of a log.
public struct TraceChunk: Sendable, Equatable {
    /// Where it begins in the log.
    public var start: Int64
    /// Its bytes, at most 64 KiB.
    public var bytes: [UInt8]

    /// Where the piece behind it begins.
    public var end: Int64 { start + Int64(bytes.count) }

    init(_ row: Row) throws(PostgresError) {
        start = try row.int64(0)
        bytes = try row.bytes(1)
    }

    /// The next pieces of a job's log from the one that holds a place, half a MiB at most.
    static let batch = Statement(
        """
        SELECT k.start_offset, k.data FROM trace_chunks k
        WHERE k.job_id = $1 AND k.start_offset >= COALESCE(
            (SELECT max(f.start_offset) FROM trace_chunks f WHERE f.job_id = $1 AND f.start_offset <= $2), $2)
        ORDER BY k.start_offset LIMIT 8
        """
    )
}

extension TraceCatalog {
    /// Fetches the next pieces of a log that is not stored yet.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - position: A place in the log.
    /// - Returns: Pieces without gaps, the first of which holds the place; none where the log is not there any more, because
    ///   it was stored or erased meanwhile, or has not come so far.
    /// - Throws: `PostgresError` where the database cannot be asked.
    public func chunks(job jobID: Int64, from position: Int64) throws(PostgresError) -> [TraceChunk] {
        let chunks = try pool.query(TraceChunk.batch, jobID, position, idempotent: true)
            .map { row throws(PostgresError) in try TraceChunk(row) }
        guard let first = chunks.first, first.start <= position, first.end > position else { return [] }
        return chunks
    }
}
