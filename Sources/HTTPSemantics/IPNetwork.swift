/// A network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3); an address alone is the network of itself.
public struct IPNetwork: Sendable, Hashable {
    private let address: IPAddress
    /// How many of the 128 bits count.
    private let length: Int

    /// Reads `10.0.0.0/8`, `2001:db8::/32` or an address; bits behind the prefix do not count.
    ///
    /// - Parameter text: The text.
    public init?(_ text: String) {
        let parts = Array(text.utf8).split(
            separator: UInt8(ascii: "/"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        self.address = address
        guard parts.count == 2 else {
            length = 128
            return
        }
        // The prefix of an IPv4 network counts from the start of its 32 bits.
        let isDotted = !first.contains(UInt8(ascii: ":"))
        guard let prefix = Self.prefix(parts[1], limit: isDotted ? 32 : 128) else { return nil }
        length = prefix + (isDotted ? 96 : 0)
    }

    /// Whether an address lies in the network.
    ///
    /// - Parameter other: The address.
    /// - Returns: Whether the bits of the prefix are the same.
    public func contains(_ other: IPAddress) -> Bool {
        (address.high ^ other.high) & Self.mask(length) == 0
            && (address.low ^ other.low) & Self.mask(length - 64) == 0
    }

    private static func prefix(_ digits: ArraySlice<UInt8>, limit: Int) -> Int? {
        guard (1...3).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return number <= limit ? number : nil
    }

    /// The highest bits of a half; a shift by 64 or more leaves none.
    private static func mask(_ bits: Int) -> UInt64 {
        bits <= 0 ? 0 : ~(UInt64.max >> UInt64(min(bits, 64)))
    }
}
