internal import HTTPSemantics

/// A representation as RFC 9110 selects and transfers it: the one implementation for archives and single files.
struct Representation {
    let validators: Validators
    /// Bytes of the whole.
    let size: Int64
    var contentType: String
    /// Whether `Accept-Encoding` chose between this form and another, which caches must know.
    var isNegotiated = false
    /// Whether this is the gzip form, of which no ranges are served.
    var isGzip = false

    /// What conditions and range leave to be sent.
    enum Selection {
        case whole
        case single(ByteRange)
        case multiple([ByteRange])
        case unsatisfiable
        case notModified
    }

    /// Evaluates the conditions, then the range (RFC 9110 §13.2.2).
    ///
    /// - Parameter request: The request.
    /// - Returns: What is to be sent.
    /// - Throws: `RequestFailure.preconditionFailed`.
    func select(_ request: APIRequest) throws(RequestFailure) -> Selection {
        let conditions = request.conditions
        switch conditions.evaluate(method: request.method, validators: validators) {
        case .notModified: return .notModified
        case .preconditionFailed: throw .preconditionFailed
        case .proceed: break
        }
        let outcome = RangeRequest.evaluate(
            range: conditions.range,
            ifRange: conditions.ifRange,
            method: request.method,
            size: size,
            validators: validators
        )
        switch outcome {
        case .whole: return .whole
        case .single(let range): return .single(range)
        case .multiple(let ranges): return .multiple(ranges)
        case .unsatisfiable: return .unsatisfiable
        }
    }

    func appendValidators(to fields: inout HeaderBlock) {
        fields.append("ETag", validators.entityTag.fieldValue)
        if let lastModified = validators.lastModified { fields.append("Last-Modified", date: lastModified) }
        if isNegotiated { fields.append("Vary", "Accept-Encoding") }
    }

    /// 304, with the fields that a 200 would have to update a cache with (RFC 9110 §15.4.5).
    func notModified() -> Answer {
        var header = HeaderBlock()
        appendValidators(to: &header)
        header.append("Cache-Control", "private, no-cache")
        return Answer(status: 304, fields: header, body: .empty)
    }

    func unsatisfiable() -> Answer {
        var header = HeaderBlock()
        appendValidators(to: &header)
        header.append("Content-Range", ByteRange.unsatisfiedContentRange(size: size))
        header.append("Content-Type", "application/json")
        let body = #"{"message":"416 Range Not Satisfiable"}"#
        return Answer(status: 416, fields: header, body: .bytes(Array(body.utf8)))
    }

    func whole(_ fields: consuming HeaderBlock, body: any BodySource) -> Answer {
        var header = complete(fields, contentType: contentType)
        header.append("Content-Length", size)
        return Answer(status: 200, fields: header, body: .stream(body, 0..<size), delivery: .worker)
    }

    func single(_ range: ByteRange, _ fields: consuming HeaderBlock, body: any BodySource) -> Answer {
        var header = complete(fields, contentType: contentType)
        header.append("Content-Range", range.contentRange(size: size))
        header.append("Content-Length", range.count)
        return Answer(
            status: 206,
            fields: header,
            body: .stream(body, range.first..<(range.last + 1)),
            delivery: .worker
        )
    }

    /// `multipart/byteranges` (RFC 9110 §14.6), its length computed before the first byte.
    func multiple(_ ranges: [ByteRange], _ fields: consuming HeaderBlock, body: any BodySource) -> Answer {
        let multipart = MultipartRanges(ranges: ranges, size: size, contentType: contentType)
        var header = complete(fields, contentType: multipart.contentType)
        header.append("Content-Length", multipart.length)
        return Answer(status: 206, fields: header, body: .multipart(body, multipart), delivery: .worker)
    }

    private func complete(_ fields: consuming HeaderBlock, contentType: String) -> HeaderBlock {
        var header = fields
        appendValidators(to: &header)
        header.append("Content-Type", contentType)
        // A range is one of the plain form: whoever cuts it by the length of the gzip form would get something else.
        if isGzip { header.append("Content-Encoding", "gzip") } else { header.append("Accept-Ranges", "bytes") }
        return header
    }
}
