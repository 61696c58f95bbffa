internal import Glibc
internal import Synchronization

/// How many workers may send long bodies at one time.
///
/// Such a body holds its worker for as long as the client likes. If all were held so, everybody else would wait in the socket
/// until the web server gives up, whole archives included, which need a worker for an instant only. So a few are kept free,
/// an eighth and 16 at most.
///
/// Who finds no place waits as long as others leave theirs: a rush of clients that read fast is over soon, and is served. When
/// no place has changed hands for a while, the clients are slow, and who comes then is told at once to come again.
final class StreamPlaces: Sendable {
    /// Bodies up to this size are taken by the buffers of socket and web server, however slow the client is.
    static let shortBody: Int64 = 1 << 20

    /// How many bodies may be sent at one time.
    let count: Int

    private let patience: Int64
    private let taken = Atomic<Int>(0)
    /// When a place was last taken or left, on the monotonic clock in nanoseconds.
    private let lastChange = Atomic<Int64>(0)

    /// Divides a pool.
    ///
    /// - Parameters:
    ///   - workers: The threads of the pool; a single one cannot be kept free.
    ///   - patience: How long no place may have changed hands for somebody to wait. Default: 1 s.
    init(workers: Int, patience: Duration = .seconds(1)) {
        let kept = workers > 1 ? min(max(workers / 8, 1), 16) : 0
        count = max(workers - kept, 1)
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

    /// Takes a place, and waits for one while places change hands.
    ///
    /// - Parameter isPointless: Asked now and then while it waits.
    /// - Returns: The place, or `nil` where there is none.
    func take(unless isPointless: () -> Bool = { false }) -> Place? {
        while true {
            if let place = takeNow() { return place }
            guard Self.now() - lastChange.load(ordering: .relaxed) < patience, !isPointless() else { return nil }
            usleep(10_000)
        }
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
