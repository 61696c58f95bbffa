internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import FastCGI
internal import HTTPSemantics
internal import Postgres

/// Takes the log of a running job, piece by piece: `PATCH jobs/:id/trace`.
struct TraceAppendEndpoint: Sendable {
    let log: TraceLog
    /// How many bytes a log may have, or `nil`.
    let limit: Int64?

    /// What became of a piece.
    private struct Outcome {
        var isAppended: Bool
        var size: Int64
        var status: JobStatus
    }

    /// Makes the answer to a request.
    ///
    /// The web server holds the whole body by then, so that no slow client keeps the job locked. What comes again is
    /// passed over, and what follows a gap is refused.
    ///
    /// - Parameters:
    ///   - segment: The raw segment that names the job.
    ///   - request: The request.
    ///   - exchange: Where the body comes from.
    ///   - buffer: Where it is read to, block by block.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` with the first check that fails; nothing of the piece is kept then.
    func answer(
        _ segment: ArraySlice<UInt8>,
        _ request: APIRequest,
        _ exchange: Exchange,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> Answer {
        let job = try UploadSession.jobID(segment)
        guard let token = try UploadToken.outsideBody(of: request) else { throw .denied(.forbidden) }
        let outcome = try log.append(to: job, token: token.bytes, throwing: RequestFailure.self) {
            writer throws(RequestFailure) in
            guard var trace = writer else { throw .denied(.forbidden) }
            do throws(UploadRefusal) { try trace.job.check() } catch { throw .refused(error) }
            if trace.isStored { throw .upload(.logIsStored) }
            let isAppended = try append(to: &trace, from: Self.start(request), exchange, buffer)
            return Outcome(isAppended: isAppended, size: trace.size, status: trace.job.status)
        }
        return Self.answer(outcome)
    }

    /// Appends what of the body the log has not yet.
    ///
    /// - Returns: `false` where the body begins behind the end of the log.
    private func append(
        to trace: inout TraceWriter,
        from start: Int64,
        _ exchange: Exchange,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> Bool {
        guard start <= trace.size else { return false }
        var overlap = trace.size - start
        while true {
            let count: Int
            do { count = try exchange.readBody(into: buffer) } catch { throw .body(error) }
            guard count > 0 else {
                guard exchange.bodyIsComplete else { throw .upload(.incompleteLog) }
                return true
            }
            let known = Int(clamping: min(overlap, Int64(count)))
            overlap -= Int64(known)
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[known..<count])
            if let limit, bytes.count > 0, trace.size + Int64(bytes.count) > limit { throw .upload(.logTooLarge) }
            do { try trace.append(bytes) } catch { throw RequestFailure(error) }
        }
    }

    private static func start(_ request: APIRequest) throws(RequestFailure) -> Int64 {
        guard let field = request.field("HTTP_CONTENT_RANGE") else { throw .upload(.missingContentRange) }
        guard let start = TraceRange.start(of: field) else { throw .upload(.invalidContentRange) }
        return start
    }

    private static func answer(_ outcome: Outcome) -> Answer {
        var fields = HeaderBlock()
        fields.append("Range", "0-\(outcome.size)")
        fields.append("Job-Status", outcome.status.rawValue)
        // Seconds between two pieces.
        fields.append("X-GitLab-Trace-Update-Interval", "3")
        fields.append("Content-Type", "application/json")
        let body = outcome.isAppended ? #"{"message":"202 Accepted"}"# : #"{"message":"416 Range Not Satisfiable"}"#
        return Answer(status: outcome.isAppended ? 202 : 416, fields: fields, body: .bytes(Array(body.utf8)))
    }
}

extension RequestFailure: PostgresErrorConvertible {
    /// A failure of the database in the midst of taking something in.
    init(_ error: PostgresError) {
        self = error.isOutOfDiskSpace ? .upload(.diskFull(cause: error.debugDescription)) : .database(error)
    }
}
