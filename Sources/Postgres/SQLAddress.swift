internal import Glibc

/// An address of IPv4 or IPv6, to be sent as `inet`.
public struct SQLAddress: SQLBindable, Hashable, Sendable {
    /// 4 bytes or 16, in the order of the network.
    public let bytes: [UInt8]

    /// Reads an address as `inet_pton(3)` does, which knows neither masks nor zones.
    ///
    /// - Parameter text: The address.
    public init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 {
                self.bytes = bytes
                return
            }
        }
        return nil
    }

    /// `inet`.
    public static var sqlType: PostgresType { .inet }

    /// How it is sent.
    public var bind: Bind { .inet(self) }
}
