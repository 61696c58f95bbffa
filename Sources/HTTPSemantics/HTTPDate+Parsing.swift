extension HTTPDate {
    /// The start of 2026, from which a two-digit year is read when the caller has no clock at hand.
    public static let defaultReference: Int64 = 1_767_225_600

    /// Reads any of the three forms that a recipient must accept: IMF-fixdate, RFC 850 and asctime.
    ///
    /// The weekday must be a weekday's name, but need not be the right one. Names are case-sensitive.
    ///
    /// - Parameters:
    ///   - text: The field's value.
    ///   - now: The moment from which the two-digit year of RFC 850 is read: one that seems to lie more than 50 years ahead is
    ///     the latest such year of the past.
    /// - Returns: Seconds since the Unix epoch, or nil if it is no date.
    public static func parse(_ text: String, now: Int64 = defaultReference) -> Int64? {
        var scanner = ByteScanner(text)
        let dayName = scanner.take(while: \.isLetter)
        let time: CivilTime?
        if shortDayNames.hasEntry(dayName) {
            time = scanner.skip(literal: ", ") ? scanner.fixedDate() : scanner.asctimeDate()
        } else if longDayNames.hasEntry(dayName) {
            time = scanner.skip(literal: ", ") ? scanner.obsoleteDate(now: now) : nil
        } else {
            time = nil
        }
        guard let time, time.isValid, scanner.isAtEnd else { return nil }
        return time.unixSeconds
    }
}

extension [String] {
    fileprivate func hasEntry(_ name: ArraySlice<UInt8>) -> Bool {
        contains { $0.utf8.elementsEqual(name) }
    }
}

extension ByteScanner {
    /// Reads `06 Nov 1994 08:49:37 GMT`.
    fileprivate mutating func fixedDate() -> CivilTime? {
        guard let day = digits(2), skip(UInt8(ascii: " ")), let month = monthNumber(), skip(UInt8(ascii: " ")),
            let year = digits(4), skip(UInt8(ascii: " ")),
            let time = timeOfDay(of: CivilTime(year: year, month: month, day: day)), skip(literal: " GMT")
        else { return nil }
        return time
    }

    /// Reads `06-Nov-94 08:49:37 GMT`.
    fileprivate mutating func obsoleteDate(now: Int64) -> CivilTime? {
        guard let day = digits(2), skip(UInt8(ascii: "-")), let month = monthNumber(), skip(UInt8(ascii: "-")),
            let yearOfCentury = digits(2), skip(UInt8(ascii: " "))
        else { return nil }
        let date = CivilTime(year: fullYear(yearOfCentury, now: now), month: month, day: day)
        guard let time = timeOfDay(of: date), skip(literal: " GMT") else { return nil }
        return time
    }

    /// Reads ` Nov  6 08:49:37 1994`, whose day is filled up with a space.
    fileprivate mutating func asctimeDate() -> CivilTime? {
        guard skip(UInt8(ascii: " ")), let month = monthNumber(), skip(UInt8(ascii: " ")) else { return nil }
        guard let day = skip(UInt8(ascii: " ")) ? digits(1) : digits(2), skip(UInt8(ascii: " ")),
            var time = timeOfDay(of: CivilTime(year: 0, month: month, day: day)), skip(UInt8(ascii: " ")),
            let year = digits(4)
        else { return nil }
        time.year = year
        return time
    }

    private mutating func monthNumber() -> Int64? {
        let name = take(while: \.isLetter)
        return HTTPDate.monthNames.firstIndex { $0.utf8.elementsEqual(name) }.map { Int64($0) + 1 }
    }

    private mutating func timeOfDay(of date: CivilTime) -> CivilTime? {
        guard let hour = digits(2), skip(UInt8(ascii: ":")), let minute = digits(2), skip(UInt8(ascii: ":")),
            let second = digits(2)
        else { return nil }
        var time = date
        (time.hour, time.minute, time.second) = (hour, minute, second)
        return time
    }

    private func fullYear(_ yearOfCentury: Int64, now: Int64) -> Int64 {
        let latest = CivilTime(unixSeconds: now).year + 50
        return latest - (latest - yearOfCentury).flooredRemainder(100)
    }
}
