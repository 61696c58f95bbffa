internal import HTTPSemantics

extension Answer {
    /// The description of this API, as OpenAPI in YAML (RFC 9512), or that it is not installed.
    ///
    /// It is public: it says nothing that the documentation does not say.
    ///
    /// - Parameter document: The document, or `nil`.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure.unknownRoute` without one.
    static func description(_ document: [UInt8]?) throws(RequestFailure) -> Answer {
        guard let document else { throw .unknownRoute }
        var fields = HeaderBlock()
        fields.append("Content-Type", "application/yaml")
        fields.append("Cache-Control", "no-cache")
        return Answer(status: 200, fields: fields, body: .bytes(document))
    }
}
