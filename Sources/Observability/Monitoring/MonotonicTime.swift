import Glibc

/// A clock that only moves forward.
enum MonotonicTime {
    /// Seconds since some moment.
    ///
    /// The corresponding C function is `clock_gettime(2)`.
    @Sendable static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
