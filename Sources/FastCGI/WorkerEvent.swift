/// Something that a worker met and that the log should know.
public enum WorkerEvent: Sendable, Equatable {
    /// A handler returned without an answer; the client got a 500.
    case unanswered
    /// A connection broke the protocol, stopped in the middle of its parameters or asked for a role that we do not play.
    case malformedRequest
    /// A connection was closed because no request came on it in time.
    case silentConnection
    /// No connection could be accepted; the worker tries again after a pause.
    case acceptFailed(errno: Int32)
}
