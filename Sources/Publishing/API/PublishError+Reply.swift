internal import CurlHTTP
internal import HTTPSemantics

extension PublishError {
    /// What a refusal means, in the server's own words.
    init(answering reply: HTTPReply, to what: String) {
        let kind: Kind =
            switch reply.status {
            case 401, 403: .permission
            case 400...499 where reply.status != 408 && reply.status != 425 && reply.status != 429: .data
            case 408, 425, 429, 500...: .unavailable
            default: .internal
            }
        self.init(
            kind,
            "\(what): the server answered \(reply.status)" + (Self.words(of: reply).map { ", \($0)" } ?? "")
        )
    }

    /// `message`, or `error` with its description (api.md, "Error shapes").
    private static func words(of reply: HTTPReply) -> String? {
        guard let json = try? JSONValue(parsing: reply.body) else { return nil }
        if let message = json["message"]?.text { return message }
        guard let error = json["error"]?.text else { return nil }
        return json["error_description"]?.text ?? error
    }
}
