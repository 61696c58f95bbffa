import Glibc

/// Tells the service manager what the server is doing, as sd_notify(3) describes: one datagram a message.
///
/// Without `NOTIFY_SOCKET` every message is dropped, so callers need not know whether they run under systemd.
public struct SystemdNotify: Sendable {
    private let path: String?

    /// How often the manager wants ``watchdog()``: half of `WATCHDOG_USEC`, as sd_watchdog_enabled(3) advises.
    public let watchdogInterval: Duration?

    /// Reads where the manager listens.
    ///
    /// - Parameter environment: The environment of the process: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
    public init(environment: [String: String]) {
        path = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isOurs = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval = isOurs && microseconds > 0 ? .microseconds(microseconds / 2) : nil
    }

    /// Reports that the server answers requests.
    ///
    /// - Parameter status: One line for `systemctl status`.
    /// - Returns: Whether the manager got the message.
    @discardableResult
    public func ready(status: String) -> Bool { send("READY=1\nSTATUS=\(oneLine(status))") }

    /// Reports that the server takes no new requests and finishes those in flight.
    ///
    /// - Returns: Whether the manager got the message.
    @discardableResult
    public func stopping() -> Bool { send("STOPPING=1") }

    /// Describes what the server is doing, for `systemctl status`.
    ///
    /// - Parameter text: One line.
    /// - Returns: Whether the manager got the message.
    @discardableResult
    public func status(_ text: String) -> Bool { send("STATUS=\(oneLine(text))") }

    /// Reports that the server is alive; due every ``watchdogInterval``.
    ///
    /// - Returns: Whether the manager got the message.
    @discardableResult
    public func watchdog() -> Bool { send("WATCHDOG=1") }

    /// A line end would start another assignment.
    private func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }

    private func send(_ message: String) -> Bool {
        guard let path, var address = UnixAddress(path) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        let sent = address.withSockaddr { pointer, length in
            sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
        }
        return sent == bytes.count
    }
}

/// The address of a unix socket; `@` starts an abstract one (unix(7)).
private struct UnixAddress {
    private var storage = sockaddr_un()
    private let length: socklen_t

    /// Fails if the path is longer than the kernel's `sun_path`.
    init?(_ path: String) {
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: storage.sun_path)
        guard bytes.count < capacity else { return nil }
        storage.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &storage.sun_path) { $0.copyBytes(from: bytes) }
        let isAbstract = bytes.first == UInt8(ascii: "@")
        if isAbstract { storage.sun_path.0 = 0 }
        // The name of an abstract socket is counted, not terminated.
        let header = MemoryLayout.size(ofValue: storage) - capacity
        length = socklen_t(header + bytes.count + (isAbstract ? 0 : 1))
    }

    mutating func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        let length = length
        return withUnsafeBytes(of: &storage) { raw in
            raw.withMemoryRebound(to: sockaddr.self) { body($0.baseAddress.unsafelyUnwrapped, length) }
        }
    }
}
