import Glibc

/// A flag that one thread waits for with a limit, and that any other raises: a `pipe(2)` that holds a byte while it is up.
final class WakeFlag: Sendable {
    private let output: Int32
    private let input: Int32

    init() throws(SweepError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system(call: "pipe", code: errno) }
        (output, input) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(output)
        close(input)
    }

    /// Ends the wait of now, or the next one.
    func raise() {
        var byte: UInt8 = 1
        _ = write(input, &byte, 1)
    }

    /// Waits until the flag is up, and takes it down.
    ///
    /// - Parameter milliseconds: The longest wait.
    func wait(milliseconds: Int64) {
        var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(clamping: milliseconds)) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(output, &bytes, bytes.count) > 0 {}
    }
}
