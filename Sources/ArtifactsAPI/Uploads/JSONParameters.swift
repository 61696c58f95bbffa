internal import HTTPSemantics

/// Bodies of the type `application/json` whose object holds parameters as a query does.
enum JSONParameters {
    /// Whether a `Content-Type` is this one.
    ///
    /// - Parameter contentType: The field's value, if any.
    /// - Returns: Whether it is, whatever its parameters.
    static func isJSON(_ contentType: ArraySlice<UInt8>?) -> Bool {
        RequestBody.mediaType(contentType) == "application/json"
    }

    /// Reads a body to its end; an empty one holds no parameters.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - buffer: Where it is read to; a longer body is refused.
    /// - Returns: The members that are not null, as text; an array or object is a text that no parameter takes.
    /// - Throws: `RequestFailure` where the body is no JSON object, too large or breaks off.
    static func read(
        _ body: inout UploadBody,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> [(name: String, value: String)] {
        let bytes = try RequestBody.readAll(&body, buffer)
        guard !bytes.isEmpty else { return [] }
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch { throw .malformedBody }
        guard case .object(let members) = value else { throw .malformedBody }
        return members.compactMap { member in text(member.value).map { (name: member.name, value: $0) } }
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .bool(let truth): truth ? "true" : "false"
        case .number(let text), .string(let text): text
        case .array, .object: "[]"
        }
    }
}
