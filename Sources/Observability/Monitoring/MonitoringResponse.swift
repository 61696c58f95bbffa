/// An answer of the operators' listener.
struct MonitoringResponse: Equatable {
    let status: Int
    let reason: String
    let mediaType: String
    let body: [UInt8]
    var extraHeader = ""

    static func json(_ status: Int, _ reason: String, _ body: [UInt8]) -> MonitoringResponse {
        MonitoringResponse(status: status, reason: reason, mediaType: "application/json", body: body)
    }

    static func error(_ status: Int, _ reason: String) -> MonitoringResponse {
        json(status, reason, Array(#"{"error":"\#(status) \#(reason)"}"#.utf8))
    }

    static func text(_ body: [UInt8], mediaType: String) -> MonitoringResponse {
        MonitoringResponse(status: 200, reason: "OK", mediaType: mediaType, body: body)
    }

    /// The response on the wire; one to HEAD has the same head and no body (RFC 9110, section 9.3.2).
    func bytes(withBody: Bool) -> [UInt8] {
        let head = """
            HTTP/1.1 \(status) \(reason)\r
            Content-Type: \(mediaType)\r
            Content-Length: \(body.count)\r
            Cache-Control: no-store\r
            X-Content-Type-Options: nosniff\r
            X-Frame-Options: SAMEORIGIN\r
            Connection: close\r
            \(extraHeader)\r

            """
        return Array(head.utf8) + (withBody ? body : [])
    }
}
