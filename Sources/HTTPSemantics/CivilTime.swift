/// A UTC date and time of the proleptic Gregorian calendar, by integer arithmetic only.
///
/// The day count is that of Howard Hinnant, "chrono-compatible low-level date algorithms": eras of 400 years that start in
/// March, so that the leap day is the last day of a year.
struct CivilTime: Equatable {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64 = 0
    var minute: Int64 = 0
    var second: Int64 = 0

    /// The first second of year 0 and the last of year 9999: what four digits can say.
    static let fourDigitYears: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    private static let secondsPerDay: Int64 = 86_400
    private static let daysPerEra: Int64 = 146_097
    /// From the first of March of year 0 to the first of January 1970.
    private static let daysBeforeEpoch: Int64 = 719_468

    /// Whether every field is in its range; second 60 is allowed for leap seconds.
    var isValid: Bool {
        (0...9999).contains(year) && (1...12).contains(month) && (1...daysInMonth).contains(day)
            && (0...23).contains(hour) && (0...59).contains(minute) && (0...60).contains(second)
    }

    /// Seconds since the Unix epoch; a leap second is the first second of the next minute.
    var unixSeconds: Int64 {
        daysSinceEpoch * CivilTime.secondsPerDay + hour * 3600 + minute * 60 + second
    }

    /// The day of the week, 0 for Sunday.
    var weekday: Int { Int((daysSinceEpoch + 4).flooredRemainder(7)) }

    private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private var daysInMonth: Int64 {
        switch month {
        case 2: isLeapYear ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredQuotient(400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * CivilTime.daysPerEra + dayOfEra - CivilTime.daysBeforeEpoch
    }
}

extension CivilTime {
    /// Splits a moment into its fields.
    ///
    /// - Parameter unixSeconds: Seconds since the Unix epoch; what four digits of a year cannot say is clamped to what they can.
    init(unixSeconds: Int64) {
        let range = CivilTime.fourDigitYears
        let seconds = min(max(unixSeconds, range.lowerBound), range.upperBound)
        let days = seconds.flooredQuotient(CivilTime.secondsPerDay) + CivilTime.daysBeforeEpoch
        let secondOfDay = seconds.flooredRemainder(CivilTime.secondsPerDay)
        let era = days.flooredQuotient(CivilTime.daysPerEra)
        let dayOfEra = days - era * CivilTime.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
            hour: secondOfDay / 3600,
            minute: secondOfDay / 60 % 60,
            second: secondOfDay % 60
        )
    }
}

extension Int64 {
    /// Divides towards negative infinity.
    ///
    /// - Parameter divisor: A positive number.
    /// - Returns: The quotient.
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }

    /// The rest of a division towards negative infinity.
    ///
    /// - Parameter divisor: A positive number.
    /// - Returns: The rest, never negative.
    func flooredRemainder(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
