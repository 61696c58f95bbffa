/// How long an artifact is kept, as `expire_in` says it.
///
/// The grammar is GitLab's (the Ruby library chronic_duration): `42`, `3 mins 4 sec`, `2h20min`, `6 mos 1 day`,
/// `47 yrs 6 mos and 4d`, in any case, with commas and "and" between the parts; `never` and `0` mean no expiry.
public enum ExpireIn: Sendable, Equatable {
    /// Kept until somebody deletes it.
    case never
    /// Kept that long after it came in; in microseconds, above 0.
    case after(microseconds: Int64)

    /// A text that is no duration.
    public struct ValidationError: Error, Sendable, Equatable, CustomStringConvertible {
        /// A sentence for whoever wrote the duration.
        public let description: String
    }

    /// Parses a duration.
    ///
    /// A day is 24 hours, a week 7 days, a month 30 days, a year 365.25 days.
    ///
    /// - Parameter text: What the client or the manifest gave.
    /// - Throws: ``ValidationError`` where it is no duration, or one beyond 1,000 years.
    public init(parsing text: String) throws(ValidationError) {
        let tokens = try Self.tokens(of: text)
        if tokens == [.word("never")] {
            self = .never
            return
        }
        let seconds = try Self.seconds(of: tokens, in: text)
        guard seconds.isFinite, seconds >= 0, seconds <= Self.longest else { throw Self.invalid(text) }
        let microseconds = Int64((seconds * 1_000_000).rounded())
        self = microseconds == 0 ? .never : .after(microseconds: microseconds)
    }

    private enum Token: Equatable {
        case number(Double)
        case word(String)
    }

    private static let longest = 1000 * 365.25 * 86_400

    private static func invalid(_ text: String) -> ValidationError {
        ValidationError(description: "not a duration: \(text.prefix(100))")
    }

    /// Numbers and words in order; white space, commas and "and" only part them.
    private static func tokens(of text: String) throws(ValidationError) -> [Token] {
        guard text.utf8.count <= 255 else { throw invalid(text) }
        var tokens: [Token] = []
        var rest = Substring(text.lowercased())
        while let first = rest.first {
            if first == " " || first == "," || first == "\t" {
                rest.removeFirst()
            } else if first.isASCII, first.isNumber {
                let digits = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
                guard let number = Double(digits) else { throw invalid(text) }
                tokens.append(.number(number))
                rest = rest.dropFirst(digits.count)
            } else if first.isASCII, first.isLetter {
                let word = rest.prefix { $0.isASCII && $0.isLetter }
                if word != "and" { tokens.append(.word(String(word))) }
                rest = rest.dropFirst(word.count)
            } else {
                throw invalid(text)
            }
        }
        return tokens
    }

    /// A number and a unit each, added up; one bare number is seconds.
    private static func seconds(of tokens: [Token], in text: String) throws(ValidationError) -> Double {
        if tokens.count == 1, case .number(let number) = tokens[0] { return number }
        guard !tokens.isEmpty, tokens.count.isMultiple(of: 2) else { throw invalid(text) }
        var sum = 0.0
        for index in stride(from: 0, to: tokens.count, by: 2) {
            guard case .number(let number) = tokens[index], case .word(let word) = tokens[index + 1],
                let unit = secondsPerUnit(word)
            else { throw invalid(text) }
            sum += number * unit
        }
        return sum
    }

    private static func secondsPerUnit(_ word: String) -> Double? {
        switch word {
        case "s", "sec", "secs", "second", "seconds": 1
        case "m", "min", "mins", "minute", "minutes": 60
        case "h", "hr", "hrs", "hour", "hours": 3600
        case "d", "day", "days", "dy", "dys": 86_400
        case "w", "wk", "wks", "week", "weeks": 7 * 86_400
        case "mo", "mos", "mon", "mons", "mth", "mths", "month", "months": 30 * 86_400
        case "y", "yr", "yrs", "year", "years": 365.25 * 86_400
        default: nil
        }
    }
}
