/// Shows a value of the document in a message.
enum Quotation {
    private static let longest = 80

    /// The value, shortened, on one line, and without anything that looks like a token.
    ///
    /// Tokens have fields of their own that are never quoted; this is for one that was put in the wrong field.
    static func of(_ text: String) -> String {
        var shown = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == longest { return hidingTokens(shown) + "…" }
            shown.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "?" : scalar)
        }
        return hidingTokens(shown)
    }

    /// GitLab's tokens are `gl`, some letters, a hyphen and the secret.
    private static func hidingTokens(_ text: String) -> String {
        let bytes = Array(text.utf8)
        for start in bytes.indices.dropLast(4)
        where bytes[start] == UInt8(ascii: "g") && bytes[start + 1] == UInt8(ascii: "l") {
            let letters = bytes[(start + 2)...].prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
            if (2...6).contains(letters.count), letters.endIndex < bytes.endIndex,
                bytes[letters.endIndex] == UInt8(ascii: "-")
            {
                return String(decoding: bytes[..<start], as: UTF8.self) + "[hidden]"
            }
        }
        return text
    }
}
