import ArgumentParser
import Artifacts
import Cryptography
import Glibc
import HTTPSemantics

/// A moment: a time, or how long ago.
struct Moment: ExpressibleByArgument {
    let microseconds: Int64

    init?(argument: String) {
        if let time = Timestamp.parse(argument) {
            microseconds = time
            return
        }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()), count >= 0
        else { return nil }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= 100_000_000_000 else { return nil }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        microseconds = (Int64(now.tv_sec) - seconds) * 1_000_000
    }
}

/// A SHA-256, perhaps with its algorithm in front.
struct HexDigest: ExpressibleByArgument {
    let bytes: [UInt8]

    init?(argument: String) {
        let prefix = "sha256:"
        let digits = argument.hasPrefix(prefix) ? String(argument.dropFirst(prefix.count)) : argument
        guard let bytes = Hex.decode(digits), bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}

/// An address or a network.
struct AddressPattern: ExpressibleByArgument {
    /// As PostgreSQL's `inet` takes it, and as events have it: an IPv4 address is never mapped.
    let text: String

    init?(argument: String) {
        guard IPNetwork(argument) != nil else { return nil }
        text = IPAddress(argument)?.description ?? argument
    }
}

/// An action by its name.
struct ActionArgument: ExpressibleByArgument {
    let action: AuditAction

    init?(argument: String) {
        guard let action = AuditAction(rawValue: argument) else { return nil }
        self.action = action
    }

    static var allValueStrings: [String] { AuditAction.allCases.map(\.rawValue) }
}

/// The forms in which events are printed.
enum AuditFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case csv
}
