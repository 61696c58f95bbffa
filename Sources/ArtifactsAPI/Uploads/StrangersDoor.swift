internal import Synchronization

/// Lets in a few clients at once whose token is still to come, in a field of the form.
///
/// Each holds a thread of the pool while it sends: without a bound, silent connections that show no token would keep out
/// everybody who has one.
final class StrangersDoor: Sendable {
    private let count = Mutex(0)
    private let limit: Int

    /// Opens for so many.
    ///
    /// - Parameter limit: How many at once, at least one.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Lets one in.
    ///
    /// - Returns: What is let go when the client has shown its token, or has gone.
    /// - Throws: `RequestFailure` where as many as may be are in.
    func enter() throws(RequestFailure) -> Pass {
        let isIn = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isIn else { throw .unavailable(cause: "too many uploads that have shown no token yet") }
        return Pass(door: self)
    }

    /// A client inside; it leaves when this is let go.
    final class Pass: Sendable {
        private let door: StrangersDoor

        fileprivate init(door: StrangersDoor) {
            self.door = door
        }

        deinit {
            door.count.withLock { $0 -= 1 }
        }
    }
}
