/// How texts and numbers are written in a log line.
enum LogText {
    private static let hex = Array("0123456789abcdef".utf8)

    /// Appends a JSON string with its quotes (RFC 8259, section 7).
    static func appendJSON(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(text, quotes: true, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a value of a text line, in quotes if it would not be one word.
    static func appendWord(_ text: String, to bytes: inout [UInt8]) {
        let isWord = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }
        isWord ? bytes.append(contentsOf: text.utf8) : appendJSON(text, to: &bytes)
    }

    /// Appends a text without control characters: none may start a line or drive a terminal.
    static func appendEscaped(_ text: String, quotes: Bool = false, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { source in
            for byte in source {
                switch byte {
                case 0x22 where quotes, 0x5C where quotes:
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(byte)
                case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
                case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
                case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
                case 0..<0x20, 0x7F:
                    bytes.append(contentsOf: #"\u00"#.utf8)
                    bytes.append(hex[Int(byte >> 4)])
                    bytes.append(hex[Int(byte & 15)])
                default:
                    bytes.append(byte)
                }
            }
        }
    }

    /// Appends a number with six decimals; null if it is not finite or beyond 10¹² (JSON has no such numbers).
    static func appendFraction(_ value: Double, to bytes: inout [UInt8]) {
        guard value.isFinite, abs(value) < 1e12 else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        let millionths = Int64((value * 1e6).rounded())
        if millionths < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = abs(millionths)
        bytes.append(contentsOf: String(magnitude / 1_000_000).utf8)
        bytes.append(UInt8(ascii: "."))
        bytes.appendDecimal(magnitude % 1_000_000, digits: 6)
    }

    /// The text, or its start and a mark if it is longer than the limit in bytes; never half a character.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: limit)
        while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return text[..<end] + "…[cut]"
    }
}
