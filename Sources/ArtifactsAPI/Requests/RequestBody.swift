internal import FastCGI
internal import HTTPSemantics

/// Bodies that hold nothing but parameters: a JSON object or a form.
///
/// No body at all is no parameters, whatever type it is said to have: clients send one with every request.
enum RequestBody {
    /// Reads the parameters of a request from its query and its body; the body's win.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - exchange: Where the body comes from.
    ///   - settings: How slowly it may come.
    ///   - buffer: Where it is read to; a longer body is refused.
    /// - Returns: The parameters.
    /// - Throws: `RequestFailure` where the body is malformed, too large, breaks off, or has a type that holds none.
    static func parameters(
        of request: APIRequest,
        _ exchange: Exchange,
        _ settings: UploadSettings,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> BodyParameters {
        var parameters = BodyParameters(request.query)
        // The web server has the whole body before it asks: nobody is waited for.
        var body = try UploadBody(exchange, settings, stranger: nil, isHashed: false)
        let type = request.field("CONTENT_TYPE").map { ArraySlice($0.utf8) }
        if case .form(let boundary) = MultipartBoundary.find(in: type) {
            try parameters.add(FormReader(body, boundary: boundary, buffer: buffer))
            return parameters
        }
        let bytes = try readAll(&body, buffer)
        if !bytes.isEmpty { try parameters.add(bytes, type) }
        return parameters
    }

    /// Reads a body to its end.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - buffer: Where it is read to; a longer body is refused.
    /// - Returns: The part of the buffer that holds it.
    /// - Throws: `RequestFailure` where it is too large or breaks off.
    static func readAll(
        _ body: inout UploadBody,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> UnsafeMutableRawBufferPointer {
        var count = 0
        while true {
            let read = try body.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if read == 0 { return UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]) }
            count += read
            guard count < buffer.count else { throw .upload(.bodyTooLarge) }
        }
    }

    /// The media type of a `Content-Type` without its parameters, in lower case.
    ///
    /// - Parameter contentType: The field's value, if any.
    /// - Returns: The type, empty for none.
    static func mediaType(_ contentType: ArraySlice<UInt8>?) -> String {
        let type = (contentType ?? []).prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return String(decoding: type, as: UTF8.self).lowercased()
    }
}

extension BodyParameters {
    fileprivate mutating func add(
        _ bytes: UnsafeMutableRawBufferPointer,
        _ contentType: ArraySlice<UInt8>?
    ) throws(RequestFailure) {
        switch RequestBody.mediaType(contentType) {
        case "application/json":
            let value: JSONValue
            do { value = try JSONValue(parsing: bytes) } catch { throw .malformedBody }
            guard case .object(let members) = value else { throw .malformedBody }
            add(members)
        case "application/x-www-form-urlencoded":
            do { add(try Query(ArraySlice(bytes))) } catch { throw .badRequest }
        case let type: throw .unsupportedBody(type: type)
        }
    }

    /// The fields of a multipart form; a file in it is passed over.
    fileprivate mutating func add(_ form: FormReader) throws(RequestFailure) {
        while let event = try form.next() {
            guard case .part(let part) = event, part.filename == nil else { continue }
            let value = try form.value()
            if let name = part.name { add(name, value) }
        }
    }
}
