/// Which names announce a secret, and how far the secret reaches.
enum SecretName {
    /// What follows the name.
    enum Kind {
        /// A token: ends where a query parameter ends.
        case token
        /// A password: may hold `&`, so it ends with the word.
        case password
        /// Credentials of a header: end with the line.
        case header
    }

    private static let suffixes: [(suffix: [UInt8], kind: Kind)] = [
        (Array("token".utf8), .token), (Array("signature".utf8), .token), (Array("credential".utf8), .token),
        (Array("password".utf8), .password), (Array("passwd".utf8), .password), (Array("secret".utf8), .password),
        (Array("authorization".utf8), .header), (Array("cookie".utf8), .header),
    ]

    /// The whole names of signatures in signed URLs; as suffixes they would hit harmless words.
    private static let names: [[UInt8]] = ["md5", "sig", "hmac"].map { Array($0.utf8) }

    /// The longest name that is looked at; a suffix is all that counts.
    static let longest = 64

    /// The kind of secret that a name announces, compared without case and with `%XX` decoded; nil if it announces none.
    static func kind(of name: Slice<UnsafeBufferPointer<UInt8>>) -> Kind? {
        guard let last = name.last, !name.isEmpty, isSuspect(last, in: name) else { return nil }
        let lowered = decoded(name)
        if names.contains(lowered) { return .token }
        return suffixes.first { lowered.count >= $0.suffix.count && lowered.suffix($0.suffix.count) == $0.suffix[...] }?
            .kind
    }

    /// A quick no for most names: no secret's name ends in another letter.
    private static func isSuspect(_ last: UInt8, in name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        switch last | 0x20 {
        case UInt8(ascii: "n"), UInt8(ascii: "d"), UInt8(ascii: "t"), UInt8(ascii: "e"), UInt8(ascii: "l"),
            UInt8(ascii: "g"), UInt8(ascii: "c"), UInt8(ascii: "5") | 0x20:
            true
        default:
            name.contains(UInt8(ascii: "%"))
        }
    }

    private static func decoded(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(name.count)
        var index = name.startIndex
        while index < name.endIndex {
            var byte = name[index]
            if byte == UInt8(ascii: "%"), index + 2 < name.endIndex,
                let high = hexValue(name[index + 1]), let low = hexValue(name[index + 2])
            {
                byte = high << 4 | low
                index += 2
            }
            result.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            index += 1
        }
        return result
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
