public import Artifacts
public import Postgres

/// The logs of running jobs, appended to piece by piece.
public struct TraceLog: Sendable {
    private let pool: ConnectionPool

    /// Works over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one transaction.
    public init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Appends to a job's log in one transaction, which holds the job: pieces come one after the other, and none after the
    /// job's end.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - token: SHA-256 of the token that came with the piece.
    ///   - failure: The error type of `body`.
    ///   - body: Checks and appends; `nil` stands for a job that does not exist or a token that is not its own. What it
    ///     appended is undone when it throws.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or the failure of the database, converted.
    public func append<R, Failure: PostgresErrorConvertible>(
        to jobID: Int64,
        token: [UInt8],
        throwing failure: Failure.Type,
        _ body: (inout TraceWriter?) throws(Failure) -> R
    ) throws(Failure) -> R {
        try pool.transaction(throwing: failure) { connection throws(Failure) in
            var writer = try Failure.wrapping { () throws(PostgresError) in
                try TraceWriter(connection, jobID, token)
            }
            return try body(&writer)
        }
    }

    /// How many bytes of a job's log have come in, as SQL: 0 without any.
    ///
    /// The length of a compressed value is known without its bytes.
    ///
    /// - Parameter job: An expression for the job's number.
    /// - Returns: An expression of type bigint.
    static func size(ofJob job: String) -> String {
        """
        COALESCE((SELECT last.start_offset + octet_length(last.data) FROM trace_chunks last
                  WHERE last.job_id = \(job) ORDER BY last.start_offset DESC LIMIT 1), 0)
        """
    }
}

/// A log that is held for appending.
public struct TraceWriter {
    /// What decides whether the job may append.
    public let job: UploadingJob
    /// Whether the whole log was uploaded as an artifact: then there is nothing to append to.
    public let isStored: Bool
    /// How many bytes the log has.
    public private(set) var size: Int64

    private let jobID: Int64
    private let connection: Connection

    /// The most bytes of one row.
    private static let chunk = 64 << 10

    fileprivate init?(_ connection: Connection, _ jobID: Int64, _ token: [UInt8]) throws(PostgresError) {
        let found = try UploadCatalog.lockedFacts(connection, job: jobID, token: token, type: .trace)
        guard let facts = found else { return nil }
        // A statement of its own: this one sees what the last one to hold the job has committed.
        let row = try connection.query(Self.state, jobID).onlyRow()
        job = facts.job
        size = try row.int64(0)
        isStored = try row.bool(1)
        self.jobID = jobID
        self.connection = connection
    }

    /// Appends bytes.
    ///
    /// - Parameter bytes: The bytes.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.chunk)
            try connection.query(Self.insert, [.int8(jobID), .int8(size), .bytes(Array(piece))])
            size += Int64(piece.count)
            rest = rest.dropFirst(piece.count)
        }
    }

    static let state = Statement(
        """
        SELECT \(TraceLog.size(ofJob: "$1")),
               EXISTS (SELECT 1 FROM artifacts WHERE job_id = $1 AND file_type = 'trace')
        """
    )

    static let insert = Statement("INSERT INTO trace_chunks (job_id, start_offset, data) VALUES ($1, $2, $3)")
}
