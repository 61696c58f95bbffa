/// Answers requests; one object serves all workers of a pool.
public protocol RequestHandler: Sendable {
    /// Answers one request, on the thread of the worker that took it.
    ///
    /// The exchange belongs to that thread and ends with this call: it must not be kept. When the call returns without
    /// a header having been sent, the client gets a 500.
    ///
    /// - Parameter exchange: the request and the way to answer it.
    func handle(_ exchange: Exchange)
}
