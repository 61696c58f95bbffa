/// Times of the API: ISO 8601 in UTC, from and to microseconds since the Unix epoch, the resolution of PostgreSQL.
public enum Timestamp {
    private static let microsecondsPerSecond: Int64 = 1_000_000

    /// What four digits of a year can say.
    private static let representable: ClosedRange<Int64> = {
        let seconds = CivilTime.fourDigitYears
        return seconds.lowerBound * microsecondsPerSecond...(seconds.upperBound + 1) * microsecondsPerSecond - 1
    }()

    /// Cuts a moment off to whole seconds, as HTTP dates have them.
    ///
    /// - Parameter microseconds: Microseconds since the Unix epoch.
    /// - Returns: The second that the moment lies in, before the epoch too.
    public static func unixSeconds(microseconds: Int64) -> Int64 {
        microseconds.flooredQuotient(microsecondsPerSecond)
    }

    /// Formats a moment with milliseconds.
    ///
    /// - Parameter microseconds: Microseconds since the Unix epoch; finer digits are cut off, years clamped to 0 to 9999.
    /// - Returns: 24 characters such as `2016-01-11T10:13:33.506Z`.
    public static func format(microseconds: Int64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(microseconds: microseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a moment with milliseconds.
    ///
    /// - Parameters:
    ///   - microseconds: Microseconds since the Unix epoch; finer digits are cut off, years clamped to 0 to 9999.
    ///   - target: Where the 24 bytes go.
    public static func append(microseconds: Int64, to target: inout [UInt8]) {
        let microseconds = min(max(microseconds, representable.lowerBound), representable.upperBound)
        let time = CivilTime(unixSeconds: microseconds.flooredQuotient(microsecondsPerSecond))
        target.appendTwoDigits(time.year / 100)
        target.appendTwoDigits(time.year % 100)
        target.append(UInt8(ascii: "-"))
        target.appendTwoDigits(time.month)
        target.append(UInt8(ascii: "-"))
        target.appendTwoDigits(time.day)
        target.append(UInt8(ascii: "T"))
        target.append(timeOfDay: time)
        target.append(UInt8(ascii: "."))
        let milliseconds = microseconds.flooredRemainder(microsecondsPerSecond) / 1000
        target.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: milliseconds / 100))
        target.appendTwoDigits(milliseconds % 100)
        target.append(UInt8(ascii: "Z"))
    }

    /// Reads a date or a date with a time.
    ///
    /// `2027-01-01`, `2026-11-22T10:00Z`, `2026-11-22 10:00:00.25+02:00`: a space may stand for the `T`, seconds, fraction and
    /// zone may be missing, a zone is `Z`, `±hh`, `±hhmm` or `±hh:mm`. Without a zone it is UTC.
    ///
    /// - Parameter text: The text.
    /// - Returns: Microseconds since the Unix epoch, digits beyond them cut off, or nil if it is no such time.
    public static func parse(_ text: String) -> Int64? {
        var scanner = ByteScanner(text)
        guard var time = scanner.calendarDate(), time.isValid else { return nil }
        guard !scanner.isAtEnd else { return time.unixSeconds * microsecondsPerSecond }
        guard let fraction = scanner.timeAndFraction(&time), time.isValid, let offset = scanner.zoneOffset(),
            scanner.isAtEnd
        else { return nil }
        return (time.unixSeconds - offset) * microsecondsPerSecond + fraction
    }
}

extension ByteScanner {
    /// Reads `2026-11-22`.
    fileprivate mutating func calendarDate() -> CivilTime? {
        guard let year = digits(4), skip(UInt8(ascii: "-")), let month = digits(2), skip(UInt8(ascii: "-")),
            let day = digits(2)
        else { return nil }
        return CivilTime(year: year, month: month, day: day)
    }

    /// Reads `T10:00:00.25` into a time.
    ///
    /// - Returns: The microseconds of the fraction, or nil if it is malformed.
    fileprivate mutating func timeAndFraction(_ time: inout CivilTime) -> Int64? {
        guard skip(UInt8(ascii: "T")) || skip(UInt8(ascii: "t")) || skip(UInt8(ascii: " ")), let hour = digits(2),
            skip(UInt8(ascii: ":")), let minute = digits(2)
        else { return nil }
        (time.hour, time.minute) = (hour, minute)
        guard skip(UInt8(ascii: ":")) else { return 0 }
        guard let second = digits(2) else { return nil }
        time.second = second
        return skip(UInt8(ascii: ".")) ? microsecondFraction() : 0
    }

    private mutating func microsecondFraction() -> Int64? {
        let digits = take(while: \.isDigit)
        guard !digits.isEmpty else { return nil }
        var unit: Int64 = 100_000
        var microseconds: Int64 = 0
        for digit in digits.prefix(6) {
            microseconds += Int64(digit - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return microseconds
    }

    /// Reads the zone.
    ///
    /// - Returns: Its distance to UTC in seconds, 0 if there is none, or nil if it is malformed.
    fileprivate mutating func zoneOffset() -> Int64? {
        if isAtEnd || skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
        let isWest = skip(UInt8(ascii: "-"))
        guard isWest || skip(UInt8(ascii: "+")), let hours = digits(2), hours < 24 else { return nil }
        let needsMinutes = skip(UInt8(ascii: ":")) || !isAtEnd
        guard let minutes = needsMinutes ? digits(2) : 0, minutes < 60 else { return nil }
        let offset = hours * 3600 + minutes * 60
        return isWest ? -offset : offset
    }
}
