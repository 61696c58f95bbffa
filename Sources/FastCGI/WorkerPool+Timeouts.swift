extension WorkerPool {
    /// The longest waits of a worker for the other side of a connection, in milliseconds.
    public struct Timeouts: Sendable, Equatable {
        /// For the next bytes of parameters or of a body: a record sent by halves must not hold a thread for ever.
        public var receive: Int32
        /// For the other side to take the next bytes of an answer.
        public var send: Int32
        /// For the first byte on a new connection; the web server sends it with the connection.
        public var firstRequest: Int32
        /// For the other side to take an answer given before the body was read to its end.
        public var linger: Int32

        /// Sets the limits, with a default for each.
        ///
        /// - Parameters:
        ///   - receive: for bytes of parameters or of a body.
        ///   - send: for bytes of an answer to be taken.
        ///   - firstRequest: for the first byte on a new connection.
        ///   - linger: for an early answer to be taken.
        public init(
            receive: Int32 = 60_000,
            send: Int32 = 60_000,
            firstRequest: Int32 = 1_000,
            linger: Int32 = 1_000
        ) {
            self.receive = max(receive, 1)
            self.send = max(send, 1)
            self.firstRequest = max(firstRequest, 1)
            self.linger = max(linger, 0)
        }
    }
}
