internal import Synchronization

extension WorkerPool {
    /// What a pool does at one moment.
    ///
    /// The counters are read one after the other, so they may be a request apart.
    public struct Figures: Sendable, Equatable {
        /// Threads that have a connection.
        public let busy: Int
        /// Threads that wait for one.
        public let idle: Int
        /// Connections that wait for their next request, and hold no thread.
        public let kept: Int
        /// Connections accepted since the start.
        public let accepted: Int
        /// Requests handed to the handler since the start.
        public let requests: Int
    }

    /// The counters behind the figures.
    final class Counters: Sendable {
        let busy = Atomic<Int>(0)
        let accepted = Atomic<Int>(0)
        let requests = Atomic<Int>(0)

        func begin(isNew: Bool) {
            if isNew { accepted.add(1, ordering: .relaxed) }
            busy.add(1, ordering: .relaxed)
        }

        func end() {
            busy.subtract(1, ordering: .relaxed)
        }

        func countRequest() {
            requests.add(1, ordering: .relaxed)
        }
    }
}
