internal import FastCGI
internal import HTTPSemantics

/// Sends answers: the fields that every answer has, its own, and the body unless the method is HEAD.
enum AnswerWriter {
    /// Sends an answer.
    ///
    /// - Parameters:
    ///   - answer: The answer.
    ///   - method: The request's method; HEAD gets the same header and no body.
    ///   - requestID: The identifier that log, answer and audit trail share.
    ///   - exchange: The request that is answered.
    /// - Throws: ``TransferError`` where the client has gone or the body broke.
    static func send(
        _ answer: Answer,
        method: Method,
        requestID: String,
        to exchange: Exchange
    ) throws(TransferError) {
        if isHeaderAlone(answer, method) { exchange.closeAfterwards() }
        do {
            try exchange.sendHeader(header(of: answer, requestID: requestID))
        } catch {
            throw .exchange(error)
        }
        if method == .head { return }
        try sendBody(answer.body, to: exchange)
    }

    /// Whether nginx sends no body of ours, and so closes its connection to us.
    private static func isHeaderAlone(_ answer: Answer, _ method: Method) -> Bool {
        if case .accelerated = answer.body { return true }
        return method == .head || answer.status == 204 || answer.status == 304
    }

    private static func header(of answer: Answer, requestID: String) -> [UInt8] {
        var header = HeaderBlock(minimumCapacity: 256 + answer.fields.bytes.count)
        header.appendStatus(answer.status)
        header.append("X-Content-Type-Options", "nosniff")
        header.append("X-Frame-Options", "SAMEORIGIN")
        header.append("X-Request-Id", requestID)
        if case .bytes(let bytes) = answer.body { header.append("Content-Length", Int64(bytes.count)) }
        header.append(answer.fields)
        header.finish()
        return header.bytes
    }

    private static func sendBody(_ body: Answer.Body, to exchange: Exchange) throws(TransferError) {
        switch body {
        case .empty, .accelerated: return
        case .bytes(let bytes): try sendBytes(bytes, to: exchange)
        case .stream(let source, let window): try source.send(window, to: exchange)
        case .multipart(let source, let multipart):
            for range in multipart.ranges {
                try sendBytes(multipart.head(of: range), to: exchange)
                try source.send(range.first..<(range.last + 1), to: exchange)
            }
            try sendBytes(multipart.end, to: exchange)
        }
    }

    private static func sendBytes(_ bytes: [UInt8], to exchange: Exchange) throws(TransferError) {
        do { try exchange.send(bytes) } catch { throw .exchange(error) }
    }
}
