internal import Glibc

/// A point in the time of `CLOCK_MONOTONIC`.
struct Deadline {
    private let end: Int

    init(milliseconds: Int32) {
        end = Self.now() + Int(milliseconds)
    }

    /// The milliseconds that are left, nil when there are none.
    var remaining: Int32? {
        let rest = end - Self.now()
        return rest > 0 ? Int32(clamping: rest) : nil
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
