internal import HTTPSemantics

/// An answer that is ready to be sent: nothing can fail any more but the transfer itself.
struct Answer {
    /// The ways that bytes take to the client, as metrics and the audit trail name them.
    enum Delivery: String {
        /// Nothing but a header, or a few bytes of JSON.
        case none
        /// nginx sends the file.
        case accel
        /// The client fetches the file from a signed URL.
        case redirect
        /// The worker sends the bytes.
        case worker
    }

    enum Body {
        case empty
        case bytes([UInt8])
        /// nginx takes over.
        case accelerated
        /// Windows of a source; one, but for several ranges.
        case stream(any BodySource, Range<Int64>)
        case multipart(any BodySource, MultipartRanges)
    }

    var status: Int
    /// The fields beyond those that every answer has.
    var fields: HeaderBlock
    var body: Body
    var delivery = Delivery.none
}

extension Answer {
    /// The answer that tells a failure.
    init(_ failure: RequestFailure) {
        let response = ErrorResponse(failure)
        status = response.status
        fields = HeaderBlock()
        for field in response.fields { fields.append(field.name, field.value) }
        fields.append("Content-Type", "application/json")
        body = .bytes(response.json)
    }
}
