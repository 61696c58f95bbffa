/// Percent-encoding (RFC 3986 §2.1), decoded exactly once, after the target has been split.
public enum PercentCoding {
    /// Decodes percent escapes.
    ///
    /// - Parameters:
    ///   - bytes: The raw bytes.
    ///   - plusIsSpace: Whether `+` is a space, as in a query, or a plus, as in a path.
    /// - Returns: The decoded bytes, or nil if a `%` is not followed by two hexadecimal digits.
    public static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
        var isWellFormed = true
        let decoded = [UInt8](unsafeUninitializedCapacity: bytes.count) { target, count in
            let written = bytes.withUnsafeBufferPointer { decode($0, plusIsSpace: plusIsSpace, into: target) }
            isWellFormed = written != nil
            count = written ?? 0
        }
        return isWellFormed ? decoded : nil
    }

    /// Decodes percent escapes to text.
    ///
    /// PostgreSQL and C strings cannot hold a NUL, and nothing that the service names has one, so it is refused here.
    ///
    /// - Parameters:
    ///   - bytes: The raw bytes.
    ///   - plusIsSpace: Whether `+` is a space, as in a query, or a plus, as in a path.
    /// - Returns: The text, or nil for a bad escape, invalid UTF-8 or a NUL.
    public static func decodeToString(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
        bytes.withUnsafeBufferPointer { source in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: source.count) { target in
                guard let count = decode(source, plusIsSpace: plusIsSpace, into: target) else { return nil }
                let decoded = UnsafeBufferPointer(rebasing: target[..<count])
                return decoded.contains(0) ? nil : String(validating: decoded, as: UTF8.self)
            }
        }
    }

    /// Encodes bytes as text.
    ///
    /// - Parameters:
    ///   - bytes: The bytes, usually the `utf8` of a String.
    ///   - allowed: The bytes that stay as they are.
    /// - Returns: The encoded text, all of it ASCII, with upper-case escapes (RFC 3986 §2.1).
    public static func encode(_ bytes: some Sequence<UInt8>, allowed: ByteSet) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.underestimatedCount)
        append(bytes, allowed: allowed, to: &encoded)
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Encodes bytes behind other bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes, usually the `utf8` of a String.
    ///   - allowed: The bytes that stay as they are.
    ///   - target: Where the encoded form is appended.
    public static func append(_ bytes: some Sequence<UInt8>, allowed: ByteSet, to target: inout [UInt8]) {
        for byte in bytes {
            guard !allowed.contains(byte) else {
                target.append(byte)
                continue
            }
            target.append(UInt8(ascii: "%"))
            target.append(hexadecimalDigit(byte >> 4))
            target.append(hexadecimalDigit(byte & 0x0F))
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// Decodes into memory that is at least as large as the source.
    private static func decode(
        _ source: UnsafeBufferPointer<UInt8>,
        plusIsSpace: Bool,
        into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        var read = 0
        var written = 0
        while read < source.count {
            var byte = source[read]
            read += 1
            if byte == UInt8(ascii: "%") {
                guard source.count - read >= 2, let high = source[read].hexadecimalValue,
                    let low = source[read + 1].hexadecimalValue
                else { return nil }
                byte = high << 4 | low
                read += 2
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            }
            target[written] = byte
            written += 1
        }
        return written
    }
}
