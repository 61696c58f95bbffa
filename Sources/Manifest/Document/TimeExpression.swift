import HTTPSemantics

/// A time of the manifest: a moment, or a distance from the time of applying.
enum TimeExpression: Hashable, Sendable {
    /// Microseconds since the Unix epoch.
    case absolute(Int64)
    /// As written, and the distance in microseconds.
    case relative(String, offset: Int64)

    private static let longest: Int64 = 1000 * 366 * 86_400

    /// Reads `2027-01-01`, `2027-01-01T10:00:00Z`, `now`, `now-7d` or `now+30m`.
    init?(parsing text: String) {
        if text.utf8.starts(with: "now".utf8) {
            guard let seconds = Self.seconds(text.utf8.dropFirst(3)) else { return nil }
            self = .relative(text, offset: seconds * 1_000_000)
        } else {
            guard let microseconds = Timestamp.parse(text) else { return nil }
            self = .absolute(microseconds)
        }
    }

    /// The moment, if it is applied at `now`.
    func resolved(now: Int64) -> Int64 {
        switch self {
        case .absolute(let moment): moment
        case .relative(_, let offset): now + offset
        }
    }

    private static func seconds(_ distance: Substring.UTF8View) -> Int64? {
        guard let sign = distance.first else { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let unit = distance.last.flatMap(unit),
            let count = count(distance.dropFirst().dropLast()), count <= longest / unit
        else { return nil }
        return sign == UInt8(ascii: "-") ? -(count * unit) : count * unit
    }

    private static func count(_ digits: Substring.UTF8View) -> Int64? {
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int64(Substring(digits))
    }

    private static func unit(_ letter: UInt8) -> Int64? {
        switch letter {
        case UInt8(ascii: "s"): 1
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "h"): 3600
        case UInt8(ascii: "d"): 86_400
        case UInt8(ascii: "w"): 604_800
        default: nil
        }
    }
}
