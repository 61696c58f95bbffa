internal import HTTPSemantics

extension APIRequest {
    /// The address of the client: who asked the web server or, where that is a trusted proxy, whom it asked for.
    ///
    /// - Parameter proxies: The networks whose `X-Forwarded-For` counts.
    /// - Returns: The address, or `nil` where the web server was asked over a unix socket.
    func clientAddress(trusting proxies: [IPNetwork]) -> IPAddress? {
        guard let peer = peer.flatMap({ IPAddress($0) }) else { return nil }
        guard proxies.contains(where: { $0.contains(peer) }) else { return peer }
        return ForwardedFor.client(peer: peer, values: lines("HTTP_X_FORWARDED_FOR"), trusted: proxies)
    }
}
