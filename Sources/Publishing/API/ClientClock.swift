internal import Glibc

/// Time and chance, so that tests need not wait for either.
public struct ClientClock {
    /// Milliseconds of a clock that is never set back.
    public var milliseconds: () -> Int64
    /// Seconds since the Unix epoch.
    public var wallSeconds: () -> Int64
    /// Waits so many milliseconds; false if the wait was broken off.
    public var sleep: (Int64) -> Bool
    /// Any number.
    public var random: () -> UInt64

    /// Puts a clock together.
    ///
    /// - Parameters:
    ///   - milliseconds: Milliseconds of a clock that is never set back.
    ///   - wallSeconds: Seconds since the Unix epoch.
    ///   - sleep: Waits so many milliseconds; false if the wait was broken off.
    ///   - random: Any number.
    public init(
        milliseconds: @escaping () -> Int64,
        wallSeconds: @escaping () -> Int64,
        sleep: @escaping (Int64) -> Bool,
        random: @escaping () -> UInt64
    ) {
        self.milliseconds = milliseconds
        self.wallSeconds = wallSeconds
        self.sleep = sleep
        self.random = random
    }

    /// The machine's clock.
    ///
    /// - Parameter shouldStop: Asked ten times a second; true breaks a wait off.
    /// - Returns: The clock.
    public static func system(shouldStop: @escaping () -> Bool) -> ClientClock {
        func now() -> Int64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        }
        return ClientClock(
            milliseconds: now,
            wallSeconds: { Int64(time(nil)) },
            sleep: { wanted in
                let end = now() + wanted
                while !shouldStop() {
                    let rest = end - now()
                    if rest <= 0 { return true }
                    usleep(UInt32(min(rest, 100)) * 1000)
                }
                return false
            },
            random: { UInt64.random(in: 0...UInt64.max) }
        )
    }
}
