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
            let text = (parameter.name + "=" + parameter.value).lowercased()
            return !["token", "secret", "glpat-", "glcbt-"].contains(where: text.contains)
        }
    }
}
