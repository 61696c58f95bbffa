import Glibc

/// A moment in UTC, in milliseconds.
struct WallTime: Sendable, Equatable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
    let millisecondsSinceEpoch: Int64

    /// The corresponding C function is `clock_gettime(2)`.
    @Sendable static func now() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Appends `2016-01-11T10:13:33.506Z` (RFC 3339, section 5.6).
    ///
    /// By arithmetic: gmtime_r(3) would do, but a log line costs less than its call.
    func append(to bytes: inout [UInt8]) {
        let clamped = min(max(millisecondsSinceEpoch, 0), 253_402_300_799_999)
        let (days, rest) = (clamped / 86_400_000, clamped % 86_400_000)
        let (year, month, day) = WallTime.date(daysSinceEpoch: days)
        bytes.appendDecimal(year, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDecimal(month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDecimal(day, digits: 2)
        bytes.append(UInt8(ascii: "T"))
        bytes.appendDecimal(rest / 3_600_000, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDecimal(rest / 60_000 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDecimal(rest / 1000 % 60, digits: 2)
        bytes.append(UInt8(ascii: "."))
        bytes.appendDecimal(rest % 1000, digits: 3)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// The Gregorian date, for days from 1970 on.
    ///
    /// Counts in eras of 400 years that start on 1 March, so that the leap day is the last of its year.
    private static func date(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = daysSinceEpoch + 719_468
        let (era, dayOfEra) = (days / 146_097, days % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension [UInt8] {
    /// Appends the last decimal digits of a number that is not negative, with leading zeros.
    mutating func appendDecimal(_ value: Int64, digits: Int) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
