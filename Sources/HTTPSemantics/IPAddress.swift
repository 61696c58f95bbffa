/// An address of IPv4 or IPv6, as its 128 bits; an IPv4 address is the one that IPv6 maps it to (RFC 4291 §2.5.5.2).
///
/// So `::ffff:192.0.2.1`, as a socket for both families names an IPv4 peer, and `192.0.2.1` are the same address.
public struct IPAddress: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    /// What the lower half of an IPv4 address begins with.
    private static let mappedPrefix: UInt64 = 0xFFFF << 32

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads an address: four decimal numbers with dots, or the forms of RFC 4291 §2.2.
    ///
    /// One with a zone (`%eth0`) is none: it means nothing on another machine.
    ///
    /// - Parameter text: The text.
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    /// Reads an address from bytes.
    ///
    /// - Parameter bytes: The text.
    public init?(_ bytes: ArraySlice<UInt8>) {
        if bytes.contains(UInt8(ascii: ":")) {
            guard let groups = Self.groups(bytes) else { return nil }
            high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
            low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
        } else {
            guard let number = Self.dotted(bytes) else { return nil }
            high = 0
            low = Self.mappedPrefix | UInt64(number)
        }
    }

    /// Whether it is an address of IPv4, mapped or not.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// Four decimal numbers; leading zeros, which some read as octal, are refused.
    private static func dotted(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        var (number, value): (UInt32, UInt32) = (0, 0)
        var (dots, digits) = (0, 0)
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                number = number << 8 | value
                (value, digits) = (0, 0)
                dots += 1
            } else {
                guard byte.isDigit, digits < 3, digits == 0 || value > 0 else { return nil }
                value = value * 10 + UInt32(byte - 0x30)
                digits += 1
                guard value <= 255 else { return nil }
            }
        }
        guard digits > 0, dots == 3 else { return nil }
        return number << 8 | value
    }

    /// Eight groups of 16 bits; `::` stands for as many zeros as are missing, at least one.
    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        guard let gap = firstGap(bytes) else {
            guard let all = sequence(bytes), all.count == 8 else { return nil }
            return all
        }
        guard let before = sequence(bytes[..<gap]), let after = sequence(bytes[(gap + 2)...], isEnd: true),
            before.count + after.count < 8
        else { return nil }
        return before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after
    }

    private static func firstGap(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: ":") }
    }

    /// Groups of one to four hexadecimal digits; the last may be an IPv4 address, which is two of them.
    private static func sequence(_ bytes: ArraySlice<UInt8>, isEnd: Bool = false) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard isEnd || parts.count == 7, let number = dotted(part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: number >> 16), UInt16(truncatingIfNeeded: number)]
            } else {
                guard let group = group(part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func group(_ part: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(part.count) else { return nil }
        var value: UInt16 = 0
        for digit in part {
            guard let number = digit.hexadecimalValue else { return nil }
            value = value << 4 | UInt16(number)
        }
        return value
    }
}

extension IPAddress: CustomStringConvertible {
    /// Four decimal numbers, or eight groups of hexadecimal digits, none left out.
    public var description: String {
        if isIPv4 {
            var text: [UInt8] = []
            text.reserveCapacity(15)
            for place in 0..<4 {
                if place > 0 { text.append(UInt8(ascii: ".")) }
                text.appendDecimal(Int64(low >> UInt64(24 - 8 * place) & 0xFF))
            }
            return String(decoding: text, as: UTF8.self)
        }
        let groups = [high, low].flatMap { half in (0..<4).map { half >> UInt64(48 - 16 * $0) & 0xFFFF } }
        return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
