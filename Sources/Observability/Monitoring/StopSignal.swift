import Glibc

/// A pipe that becomes readable once and stays so: it wakes every thread that polls it, now and later.
final class StopSignal: Sendable {
    /// The end to poll; nobody reads from it.
    let descriptor: Int32
    private let trigger: Int32

    /// Fails with errno set if the system gives no descriptors.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        (descriptor, trigger) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(descriptor)
        close(trigger)
    }

    /// Wakes the pollers.
    func raise() {
        var byte: UInt8 = 1
        _ = write(trigger, &byte, 1)
    }
}
