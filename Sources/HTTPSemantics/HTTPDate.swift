/// Dates of HTTP fields (RFC 9110 §5.6.7), in whole seconds since the Unix epoch.
public enum HTTPDate {
    static let shortDayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let longDayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    static let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Formats a moment as IMF-fixdate, the only form that a sender may use.
    ///
    /// - Parameter unixSeconds: Seconds since the Unix epoch, clamped to the years 0 to 9999.
    /// - Returns: 29 characters such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    public static func format(_ unixSeconds: Int64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(29)
        append(unixSeconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a moment as IMF-fixdate.
    ///
    /// - Parameters:
    ///   - unixSeconds: Seconds since the Unix epoch, clamped to the years 0 to 9999.
    ///   - target: Where the 29 bytes go.
    public static func append(_ unixSeconds: Int64, to target: inout [UInt8]) {
        let time = CivilTime(unixSeconds: unixSeconds)
        target.append(text: shortDayNames[time.weekday])
        target.append(literal: ", ")
        target.appendTwoDigits(time.day)
        target.append(literal: " ")
        target.append(text: monthNames[Int(time.month) - 1])
        target.append(literal: " ")
        target.appendTwoDigits(time.year / 100)
        target.appendTwoDigits(time.year % 100)
        target.append(literal: " ")
        target.append(timeOfDay: time)
        target.append(literal: " GMT")
    }
}

extension [UInt8] {
    /// Appends `hh:mm:ss`.
    ///
    /// - Parameter time: The time whose hours, minutes and seconds are wanted.
    mutating func append(timeOfDay time: CivilTime) {
        appendTwoDigits(time.hour)
        append(UInt8(ascii: ":"))
        appendTwoDigits(time.minute)
        append(UInt8(ascii: ":"))
        appendTwoDigits(time.second)
    }
}
