/// Hexadecimal (RFC 4648 §8), in lower case as the API writes digests.
public enum Hex {
    private static let digits: StaticString = "0123456789abcdef"

    /// Encodes bytes.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Two lower-case digits for each byte.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        let digits = digits.utf8Start
        return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var written = 0
            for byte in bytes {
                buffer[written] = digits[Int(byte >> 4)]
                buffer[written + 1] = digits[Int(byte & 0x0F)]
                written += 2
            }
            return written
        }
    }

    /// Decodes digits of either case.
    ///
    /// - Parameter text: Pairs of digits.
    /// - Returns: The bytes, or nil for an odd count or anything that is no digit.
    public static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = value(of: digit) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
