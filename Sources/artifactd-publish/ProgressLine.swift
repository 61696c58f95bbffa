import Glibc
import Publishing

/// How far it has come: a bar that is drawn over on a terminal, a line now and then anywhere else.
final class ProgressLine {
    /// Milliseconds between two of them.
    private static let onTerminal: Int64 = 100
    private static let inLog: Int64 = 10_000
    private static let width = 30

    private let isWatched: Bool
    private var isShown = false
    private var last: Int64
    private var step: PublishObserver.Step?

    init(isWatched: Bool) {
        self.isWatched = isWatched
        last = Self.now
    }

    /// What takes the bar away, for a line to be written in its place.
    var clearing: String {
        defer { isShown = false }
        return isShown ? "\r\u{1B}[K" : ""
    }

    /// What is to be written, or `nil` where the last is recent enough.
    func text(_ step: PublishObserver.Step, _ done: Int64, _ total: Int64) -> String? {
        let now = Self.now
        let isFirst = step != self.step
        guard isFirst || done == total && isShown || now - last >= (isWatched ? Self.onTerminal : Self.inLog) else {
            return nil
        }
        self.step = step
        // In a log, what is done at once needs no line.
        if isFirst, !isWatched {
            last = now
            return nil
        }
        last = now
        let amount = "\(Self.size(done)) of \(Self.size(total))"
        guard isWatched else { return "\(step.rawValue): \(amount)\n" }
        isShown = true
        let filled = total > 0 ? Int(min(done, total) * Int64(Self.width) / total) : Self.width
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        return "\r\u{1B}[K[\(bar)] \(step.rawValue) \(amount)"
    }

    private static func size(_ bytes: Int64) -> String {
        guard bytes >= 1 << 20 else { return "\(bytes >> 10) KiB" }
        let tenths = (bytes * 10) >> 20
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
