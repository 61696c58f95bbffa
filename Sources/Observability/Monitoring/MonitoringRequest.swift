/// The head of a request to the operators' listener, as far as it matters there.
struct MonitoringRequest: Equatable {
    let method: String
    let path: String
    let query: String

    /// The largest head that is read, in bytes.
    static let longest = 8192

    /// Parses `GET /path?query HTTP/1.1` (RFC 9112, section 3); nil if the line is not of that form.
    init?(head: [UInt8]) {
        let line = head.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, words[2].starts(with: "HTTP/1.".utf8), words[1].first == UInt8(ascii: "/") else {
            return nil
        }
        method = String(decoding: words[0], as: UTF8.self)
        let target = words[1].split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        path = String(decoding: target[0], as: UTF8.self)
        query = target.count == 2 ? String(decoding: target[1], as: UTF8.self) : ""
    }

    /// Whether the head has arrived whole: an empty line ends it; a bare line feed is accepted (RFC 9112, section 2.2).
    static func isComplete(_ bytes: [UInt8]) -> Bool {
        var previous = UInt8(0)
        for byte in bytes where byte != UInt8(ascii: "\r") {
            if byte == UInt8(ascii: "\n"), previous == UInt8(ascii: "\n") { return true }
            previous = byte
        }
        return false
    }

    /// Whether every check is asked for.
    var wantsDetails: Bool { query.split(separator: "&").contains { $0 == "all=1" || $0 == "all=true" } }
}
