import Glibc

/// Where log lines go: a file descriptor, one `write(2)` a line.
public struct LogOutput: Sendable {
    let descriptor: Int32
    let now: @Sendable () -> WallTime

    /// Standard error with the system's clock.
    public static let standardError = LogOutput(descriptor: STDERR_FILENO)

    /// Makes an output.
    ///
    /// - Parameter descriptor: The descriptor to write to; it stays the caller's.
    public init(descriptor: Int32) {
        self.init(descriptor: descriptor, now: WallTime.now)
    }

    init(descriptor: Int32, now: @escaping @Sendable () -> WallTime) {
        self.descriptor = descriptor
        self.now = now
    }

    /// Writes a whole line at once, so that lines of several threads never mix.
    ///
    /// A log that cannot be written must not stop the server: what fails is dropped.
    func write(_ line: [UInt8]) {
        line.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
