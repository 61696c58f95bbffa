internal import HTTPSemantics

/// Bodies of the type `application/x-www-form-urlencoded`, which hold parameters as a query does.
enum FormEncoding {
    /// Whether a `Content-Type` is this one.
    ///
    /// - Parameter contentType: The field's value, if any.
    /// - Returns: Whether it is, whatever its parameters.
    static func isURLEncoded(_ contentType: ArraySlice<UInt8>?) -> Bool {
        RequestBody.mediaType(contentType) == "application/x-www-form-urlencoded"
    }

    /// Reads a body to its end.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - buffer: Where it is read to; a longer body is refused.
    /// - Returns: The parameters.
    /// - Throws: `RequestFailure` where the body is malformed, too large or breaks off.
    static func read(
        _ body: inout UploadBody,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> Query {
        let bytes = try RequestBody.readAll(&body, buffer)
        do { return try Query(ArraySlice(bytes)) } catch { throw .badRequest }
    }
}
