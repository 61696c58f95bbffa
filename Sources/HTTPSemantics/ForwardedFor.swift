/// Finds the client behind proxies by `X-Forwarded-For`.
///
/// Each proxy appends the address that it was asked from, so the list is true from its right end up to the first address
/// that is no trusted proxy; what stands left of it anybody can have made up.
public enum ForwardedFor {
    /// The address of the client.
    ///
    /// - Parameters:
    ///   - peer: Who asked the web server.
    ///   - values: The values of the field's lines, in the order in which they were sent.
    ///   - trusted: The networks of the proxies that are believed.
    /// - Returns: The last address that a trusted proxy vouches for: the peer itself where that is none of them. What is
    ///   no address ends the walk.
    public static func client(
        peer: IPAddress,
        values: [ArraySlice<UInt8>],
        trusted: [IPNetwork]
    ) -> IPAddress {
        var client = peer
        for value in values.reversed() {
            var rest = value
            while true {
                guard trusted.contains(where: { $0.contains(client) }) else { return client }
                let comma = rest.lastIndex(of: UInt8(ascii: ","))
                guard let address = address(rest[(comma.map { $0 + 1 } ?? rest.startIndex)...]) else { return client }
                client = address
                guard let comma else { break }
                rest = rest[..<comma]
            }
        }
        return client
    }

    /// Reads an entry: an address, which some proxies put in brackets and some follow by a port.
    private static func address(_ entry: ArraySlice<UInt8>) -> IPAddress? {
        let text = trimmed(entry)
        if text.first == UInt8(ascii: "["), let end = text.firstIndex(of: UInt8(ascii: "]")) {
            guard isPort(text[(end + 1)...]) else { return nil }
            return IPAddress(text[(text.startIndex + 1)..<end])
        }
        if let colon = text.firstIndex(of: UInt8(ascii: ":")), text[..<colon].contains(UInt8(ascii: ".")) {
            return isPort(text[colon...]) ? IPAddress(text[..<colon]) : nil
        }
        return IPAddress(text)
    }

    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        text.isEmpty || (text.first == UInt8(ascii: ":") && text.count > 1 && text.dropFirst().allSatisfy(\.isDigit))
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = text.drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start[start.endIndex...] }
        return start[...last]
    }
}
