internal import Glibc
internal import Synchronization

/// How many workers may send long bodies at one time.
///
/// Such a body holds its worker for as long as the client likes. If all were held so, everybody else would wait in the socket
/// until the web server gives up, whole archives included, which need a worker for an instant only. So a few are kept free,
/// an eighth and 16 at most, and who finds no place is told to come again.
final class StreamPlaces: Sendable {
    /// Bodies up to this size are taken by the buffers of socket and web server, however slow the client is.
    static let shortBody: Int64 = 1 << 20
    /// A rush of short streams is over in a moment: that long some wait for a place.
    static let patience: Duration = .seconds(5)

    /// How many bodies may be sent at one time.
    let count: Int
    /// How many may wait for a place: half of the workers that are kept free.
    let waitingCount: Int

    private let taken = Atomic<Int>(0)
    private let waiting = Atomic<Int>(0)

    /// Divides a pool.
    ///
    /// - Parameter workers: The threads of the pool; a single one cannot be kept free.
    init(workers: Int) {
        let kept = workers > 1 ? min(max(workers / 8, 1), 16) : 0
        count = max(workers - kept, 1)
        waitingCount = kept / 2
    }

    /// A body's place, until it is let go of.
    final class Place {
        private let places: StreamPlaces

        fileprivate init(_ places: StreamPlaces) { self.places = places }

        deinit { places.taken.subtract(1, ordering: .relaxed) }
    }

    /// Takes a place, and waits for one if not too many do.
    ///
    /// - Parameters:
    ///   - patience: How long to wait.
    ///   - isPointless: Asked now and then while it waits.
    /// - Returns: The place, or `nil` where there is none.
    func take(patience: Duration = patience, unless isPointless: () -> Bool = { false }) -> Place? {
        if let place = takeNow() { return place }
        guard Self.increment(waiting, upTo: waitingCount) else { return nil }
        defer { waiting.subtract(1, ordering: .relaxed) }
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline, !isPointless() {
            usleep(20_000)
            if let place = takeNow() { return place }
        }
        return nil
    }

    private func takeNow() -> Place? {
        Self.increment(taken, upTo: count) ? Place(self) : nil
    }

    private static func increment(_ counter: borrowing Atomic<Int>, upTo limit: Int) -> Bool {
        var value = counter.load(ordering: .relaxed)
        while value < limit {
            let (exchanged, original) = counter.weakCompareExchange(
                expected: value,
                desired: value + 1,
                ordering: .relaxed
            )
            if exchanged { return true }
            value = original
        }
        return false
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
