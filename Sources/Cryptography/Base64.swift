/// Base64 (RFC 4648 §4) and its form for URLs (§5).
public enum Base64 {
    /// The 64 characters, and whether the end is padded.
    public enum Alphabet: Sendable {
        /// `+`, `/` and padding with `=`.
        case standard
        /// `-`, `_` and no padding: safe in URLs and tokens.
        case urlSafe

        fileprivate var characters: StaticString {
            switch self {
            case .standard: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            case .urlSafe: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            }
        }
    }

    /// Encodes bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - alphabet: Which form.
    /// - Returns: The encoded text.
    public static func encode(_ bytes: some Collection<UInt8>, alphabet: Alphabet = .standard) -> String {
        let characters = alphabet.characters.utf8Start
        var encoded: [UInt8] = []
        encoded.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                encoded.append(characters[Int(group >> bits & 0x3F)])
            }
        }
        if bits > 0 { encoded.append(characters[Int(group << (6 - bits) & 0x3F)]) }
        while alphabet == .standard, !encoded.count.isMultiple(of: 4) { encoded.append(UInt8(ascii: "=")) }
        return String(decoding: encoded, as: UTF8.self)
    }
}
