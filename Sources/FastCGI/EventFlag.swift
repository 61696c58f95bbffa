internal import CFastCGI
internal import Glibc

/// A flag that is raised once and wakes every thread that polls it: an `eventfd(2)` nobody reads.
struct EventFlag: Sendable {
    private let descriptor: OwnedDescriptor

    init() throws(FastCGIError) {
        descriptor = OwnedDescriptor(
            try checked("eventfd") { eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)) }
        )
    }

    /// The descriptor to poll; readable from the moment that the flag is up.
    var number: Int32 { descriptor.number }

    func raise() {
        var one: UInt64 = 1
        _ = write(number, &one, 8)
    }
}
