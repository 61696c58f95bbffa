internal import HTTPSemantics

/// Bodies of the type `application/x-www-form-urlencoded`, which hold parameters as a query does.
enum FormEncoding {
    /// Whether a `Content-Type` is this one.
    ///
    /// - Parameter contentType: The field's value, if any.
    /// - Returns: Whether it is, whatever its parameters.
    static func isURLEncoded(_ contentType: ArraySlice<UInt8>?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return String(decoding: type, as: UTF8.self).lowercased() == "application/x-www-form-urlencoded"
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
        var count = 0
        while true {
            let read = try body.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if read == 0 { break }
            count += read
            guard count < buffer.count else { throw .upload(.fieldsTooLarge) }
        }
        do { return try Query(ArraySlice(buffer[..<count])) } catch { throw .badRequest }
    }
}
