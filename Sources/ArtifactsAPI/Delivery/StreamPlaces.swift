internal import Glibc
internal import Synchronization

/// How many workers may send long bodies at one time.
///
/// Such a body holds its worker for as long as the client likes. If all were held so, everybody else would wait in the socket
/// until the web server gives up, whole archives included, which need a worker for an instant only. So a few are kept free,
/// an eighth and 16 at most.
///
/// Who finds no place waits if places change hands quickly: a rush of clients that read fast is over soon, and is served.
/// Where they do not, half of the workers that are kept free may wait for a moment, and who comes then is told at once to come
/// again.
final class StreamPlaces: Sendable {
    /// Bodies up to this size are taken by the buffers of socket and web server, however slow the client is.
    static let shortBody: Int64 = 1 << 20

    /// How many bodies may be sent at one time.
    let count: Int

    /// How many may wait where places do not change hands quickly.
    let waitingCount: Int

    private let patience: Int64
    private let taken = Atomic<Int>(0)
    private let waiting = Atomic<Int>(0)
    /// When a place was last taken or left, on the monotonic clock in nanoseconds.
    private let lastChange = Atomic<Int64>(0)

    /// Divides a pool.
    ///
    /// - Parameters:
    ///   - workers: The threads of the pool; a single one cannot be kept free.
    ///   - patience: How long somebody waits at most. A fourth of it is how long no place may have changed hands for more
    ///     than a few to wait. Default: 2 s.
    init(workers: Int, patience: Duration = .seconds(2)) {
        let kept = workers > 1 ? min(max(workers / 8, 1), 16) : 0
        count = max(workers - kept, 1)
        waitingCount = kept / 2
        let (seconds, attoseconds) = patience.components
        self.patience = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// A body's place, until it is let go of.
    final class Place {
        private let places: StreamPlaces

        fileprivate init(_ places: StreamPlaces) { self.places = places }

        deinit {
            places.taken.subtract(1, ordering: .relaxed)
            places.noteChange()
        }
    }

    /// Takes a place, and may wait for one.
    ///
    /// - Parameter isPointless: Asked now and then while it waits.
    /// - Returns: The place, or `nil` where there is none.
    func take(unless isPointless: () -> Bool = { false }) -> Place? {
        if let place = takeNow() { return place }
        let others = waiting.add(1, ordering: .relaxed).oldValue
        defer { waiting.subtract(1, ordering: .relaxed) }
        let start = Self.now()
        guard others < waitingCount || start - lastChange.load(ordering: .relaxed) < patience / 4 else { return nil }
        while Self.now() - start < patience, !isPointless() {
            usleep(10_000)
            if let place = takeNow() { return place }
        }
        return nil
    }

    private func takeNow() -> Place? {
        var value = taken.load(ordering: .relaxed)
        while value < count {
            let (exchanged, original) = taken.weakCompareExchange(
                expected: value,
                desired: value + 1,
                ordering: .relaxed
            )
            if exchanged {
                noteChange()
                return Place(self)
            }
            value = original
        }
        return nil
    }

    private func noteChange() {
        lastChange.store(Self.now(), ordering: .relaxed)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension Answer {
    /// Whether the body may hold a worker for as long as its client likes.
    var isLongStream: Bool {
        switch body {
        case .empty, .bytes, .accelerated: false
        case .stream(_, let window): window.upperBound - window.lowerBound > StreamPlaces.shortBody
        case .multipart(_, let multipart): multipart.length > StreamPlaces.shortBody
        }
    }
}
