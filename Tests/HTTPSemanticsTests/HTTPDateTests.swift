import HTTPSemantics
import Testing

@Suite("HTTP dates")
struct HTTPDateTests {
    /// The examples of RFC 9110 §5.6.7 and edges of the calendar.
    @Test(
        "the three forms of RFC 9110 are read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Wed Nov 16 08:49:37 1994", 784_975_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800), ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Mon, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ] as [(String, Int64)]
    )
    func parsing(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test(
        "what is no HTTP date is refused",
        arguments: [
            "", "0", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 1900 00:00:00 GMT",
            "Sun, 29 Feb 2023 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 00 Nov 1994 08:00:00 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT", "sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Xyz 1994 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 08:49:61 GMT", "1994-11-06T08:49:37Z",
            "Sun Nov 6 08:49:37 1994", "Sun, 06 Nov -994 08:49:37 GMT",
        ]
    )
    func malformed(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test(
        "a two-digit year more than 50 years ahead is of the past",
        arguments: [
            ("Tuesday, 01-Jan-74 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 GMT", 2074),
            ("Tuesday, 01-Jan-75 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 GMT", 1975),
            ("Tuesday, 01-Jan-99 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 GMT", 1999),
            ("Tuesday, 01-Jan-00 00:00:00 GMT", "Sun, 01 Jan 1995 00:00:00 GMT", 2000),
            ("Tuesday, 01-Jan-94 00:00:00 GMT", "Sun, 01 Jan 1995 00:00:00 GMT", 1994),
        ]
    )
    func centuries(text: String, now: String, year: Int) throws {
        let reference = try #require(HTTPDate.parse(now))
        let parsed = try #require(HTTPDate.parse(text, now: reference))
        #expect(HTTPDate.format(parsed).contains(" \(year) "))
    }

    @Test("days of four centuries survive formatting and parsing, and weekdays follow each other")
    func roundTrip() {
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        // 31 has no factor in common with a week, and meets every month and every kind of year.
        for day in stride(from: Int64(0), to: 146_097, by: 31) {
            let seconds = day * 86_400 + day % 86_400
            let text = HTTPDate.format(seconds)
            guard HTTPDate.parse(text) != seconds || !text.hasPrefix(names[Int(day % 7)]) else { continue }
            Issue.record("\(seconds) became \(text)")
        }
    }

    @Test(
        "moments beyond four-digit years are clamped",
        arguments: [
            (Int64.max, "Fri, 31 Dec 9999 23:59:59 GMT"), (Int64.min, "Sat, 01 Jan 0000 00:00:00 GMT"),
        ]
    )
    func clamping(seconds: Int64, text: String) {
        #expect(HTTPDate.format(seconds) == text)
    }
}

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "a moment is written in UTC with milliseconds, the rest cut off",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_452_507_213_506_000, "2016-01-11T10:13:33.506Z"),
            (1_452_507_213_506_999, "2016-01-11T10:13:33.506Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z"), (.max, "9999-12-31T23:59:59.999Z"),
            (.min, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func formatting(microseconds: Int64, text: String) {
        #expect(Timestamp.format(microseconds: microseconds) == text)
    }

    @Test(
        "dates and times with and without fraction and zone are read",
        arguments: [
            ("1970-01-01", 0), ("2027-01-01", 1_798_761_600_000_000), ("2026-11-22T10:00:00Z", 1_795_341_600_000_000),
            ("2026-11-22T10:00:00", 1_795_341_600_000_000), ("2026-11-22 10:00:00", 1_795_341_600_000_000),
            ("2026-11-22T12:00:00+02:00", 1_795_341_600_000_000), ("2026-11-22T12:00:00+0200", 1_795_341_600_000_000),
            ("2026-11-22t12:00+02", 1_795_341_600_000_000), ("2026-11-22T04:30:00-05:30", 1_795_341_600_000_000),
            ("2026-11-22T10:00:00.5Z", 1_795_341_600_500_000), ("2026-11-22T10:00:00.000001z", 1_795_341_600_000_001),
            ("2026-11-22T10:00:00.123456789Z", 1_795_341_600_123_456), ("1969-12-31T23:59:59.999Z", -1000),
            ("0000-01-01", -62_167_219_200_000_000), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ] as [(String, Int64)]
    )
    func parsing(text: String, microseconds: Int64) {
        #expect(Timestamp.parse(text) == microseconds)
    }

    @Test(
        "what is no ISO 8601 date is refused",
        arguments: [
            "", "2027", "2027-1-1", "2027-13-01", "2027-02-29", "2027-01-01T", "2027-01-01T10", "2027-01-01T10:00:00.",
            "tomorrow",
            "2027-01-01T25:00:00Z", "2027-01-01T10:00:00+", "2027-01-01T10:00:00+2", "2027-01-01T10:00:00+02:",
            "2027-01-01T10:00:00+24:00",
            "2027-01-01T10:00:00+02:60", "2027-01-01T10:00:00Zx", "2027-01-01x", "20270101", "+2027-01-01",
            "2027-01-01T10:00:00 02:00",
            "99999-01-01", "2027-01-01T10:00:61Z",
        ]
    )
    func malformed(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }
}
