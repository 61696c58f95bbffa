/// Why a listener or a pool of workers could not be set up.
///
/// These errors meet the operator who starts the service, never a client. What goes wrong within one request is an
/// ``ExchangeError``.
public enum FastCGIError: Error, Sendable, Equatable {
    /// The text names neither `unix:/absolute/path` nor `host:port`.
    case addressInvalid(String)
    /// The path of the socket has more than 107 bytes, the room that `sockaddr_un` has for it.
    case pathTooLong(String)
    /// The address is one of TCP, and TCP was not asked for explicitly.
    case tcpNotAllowed
    /// Another process answers on the socket at this path.
    case inUse(String)
    /// There is a file at this path that is not a socket.
    case notASocket(String)
    /// The name of a host could not be resolved; the text is that of `gai_strerror(3)`.
    case unknownHost(String, reason: String)
    /// A descriptor that was handed over is no listening stream socket.
    case notListening(descriptor: Int32)
    /// `LISTEN_FDS` or `LISTEN_FDNAMES` cannot be understood.
    case activationInvalid(String)
    /// The pool has been started before.
    case alreadyStarted
    /// A call of the system failed.
    case system(call: String, errno: Int32)
}

extension FastCGIError: CustomStringConvertible {
    /// What went wrong, in a sentence that an operator can act on.
    public var description: String {
        switch self {
        case .addressInvalid(let text):
            "\"\(text)\" is no address to listen on: give unix:/absolute/path or host:port"
        case .pathTooLong(let path):
            "the path of the socket has more than \(ListenAddress.longestPath) bytes: \(path)"
        case .tcpNotAllowed:
            "FastCGI has no authentication, so TCP must be allowed explicitly"
        case .inUse(let path):
            "another process answers on \(path)"
        case .notASocket(let path):
            "\(path) exists and is not a socket"
        case .unknownHost(let host, let reason):
            "\(host) could not be resolved: \(reason)"
        case .notListening(let descriptor):
            "descriptor \(descriptor) was handed over, but is no listening stream socket"
        case .activationInvalid(let variable):
            "\(variable) cannot be understood"
        case .alreadyStarted:
            "the pool of workers has been started before"
        case .system(let call, let code):
            "\(call) failed: \(systemMessage(of: code))"
        }
    }
}
