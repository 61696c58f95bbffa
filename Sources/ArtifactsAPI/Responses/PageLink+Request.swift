internal import HTTPSemantics

extension PageLink {
    /// Prepares the links to the other pages of the list that a request asked for.
    ///
    /// They repeat the request's parameters, but never a token: a link is stored and logged where a request is not.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - externalURL: What every URL that is handed out starts with, without a slash at its end.
    init(_ request: APIRequest, externalURL: String) {
        self.init(externalURL: externalURL, path: request.target.path, query: request.query) { parameter in
            !Self.tellsSecret(parameter.name) && !Self.tellsSecret(parameter.value)
        }
    }

    /// Whether a text names a secret, or is one, in whatever case.
    private static func tellsSecret(_ text: String) -> Bool {
        let bytes = text.utf8.map { byte in (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
        return holds("token", bytes) || holds("secret", bytes) || holds("glpat-", bytes) || holds("glcbt-", bytes)
    }

    private static func holds(_ word: StaticString, _ bytes: [UInt8]) -> Bool {
        let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes.count >= word.count else { return false }
        return (0...(bytes.count - word.count)).contains { bytes[$0...].starts(with: word) }
    }
}
