/// Why an exchange with a client could not go on.
///
/// An error while sending is final: every later call of the same exchange throws it again, and the connection is closed.
public enum ExchangeError: Error, Sendable, Equatable {
    /// The client, or the web server on its behalf, has closed the connection.
    case clientGone
    /// The body of the request ended before its end was announced, or broke the protocol.
    case bodyAborted
    /// The other side neither sent nor took a byte within the time of ``WorkerPool/Timeouts``.
    case timedOut
    /// The file to send could not be read.
    case fileRead(errno: Int32)
    /// The file to send ends before the last byte that was asked for.
    case truncatedFile
}

extension ExchangeError: CustomStringConvertible {
    /// What went wrong, without a path or a name in it.
    public var description: String {
        switch self {
        case .clientGone: "the client has gone"
        case .bodyAborted: "the request body ended early"
        case .timedOut: "the connection made no progress in time"
        case .fileRead(let code): "the file could not be read: \(systemMessage(of: code))"
        case .truncatedFile: "the file is shorter than announced"
        }
    }
}

/// Why ``Exchange/sendBlock(_:)`` sent nothing: the closure failed, or the exchange did.
///
/// Two cases keep both errors typed, so that a caller can tell damaged content from a client that left.
public enum SendBlockError<Failure: Error>: Error {
    /// The closure that fills the block threw this error; nothing of the block was sent.
    case fill(Failure)
    /// The block could not be sent.
    case exchange(ExchangeError)
}
