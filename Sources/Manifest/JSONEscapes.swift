/// The one escape of JSON that YAML does not have: a character beyond U+FFFF as two surrogates (RFC 8259, section 7).
enum JSONEscapes {
    /// Replaces surrogate pairs in a JSON document by the characters that they stand for.
    ///
    /// Every other escape of JSON is one of YAML too (YAML 1.2, section 5.7). A lone surrogate is left for the parser
    /// to refuse.
    ///
    /// - Parameter text: A document; one that does not begin like JSON is returned as it is.
    /// - Returns: The document without surrogate pairs.
    static func joiningSurrogates(in text: String) -> String {
        let bytes = Array(text.utf8)
        let first = bytes.first { $0 > 0x20 }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return text }
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.first {
            if let scalar = pair(rest) {
                joined += Array(String(Character(scalar)).utf8)
                rest = rest.dropFirst(12)
            } else {
                let length = byte == UInt8(ascii: "\\") ? 2 : 1
                joined += rest.prefix(length)
                rest = rest.dropFirst(length)
            }
        }
        return String(decoding: joined, as: UTF8.self)
    }

    private static func pair(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let high = unit(bytes.prefix(6)), (0xD800...0xDBFF).contains(high),
            let low = unit(bytes.dropFirst(6).prefix(6)), (0xDC00...0xDFFF).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    /// The code unit of an escape of six bytes.
    private static func unit(_ escape: ArraySlice<UInt8>) -> UInt32? {
        guard escape.count == 6, escape.starts(with: Array("\\u".utf8)) else { return nil }
        let digits = escape.dropFirst(2)
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
