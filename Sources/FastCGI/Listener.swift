internal import CFastCGI
internal import Glibc
internal import Synchronization

/// A socket that accepts connections for one ``WorkerPool``.
///
/// The descriptor does not block, because a connection may be gone before it is accepted, and the worker must go back to
/// its wait, where it can be told to leave (libfcgi's own accept loop cannot be: `FCGX_ShutdownPending` wakes no thread).
public final class Listener: Sendable {
    /// The length of the queue for connections that no worker has taken yet, unless another is given.
    ///
    /// The kernel caps it at `net.core.somaxconn`.
    public static let standardBacklog = 4096

    /// Where this socket listens, for the log.
    public let name: String

    let descriptor: Int32
    let isTCP: Bool
    /// The socket file that this listener made and has to remove; nil for TCP and for a socket of systemd.
    private let file: SocketFile?
    private let isOwn: Bool
    private let isOpen = Mutex(true)

    init(name: String, descriptor: Int32, isTCP: Bool, file: SocketFile?, isOwn: Bool) {
        self.name = name
        self.descriptor = descriptor
        self.isTCP = isTCP
        self.file = file
        self.isOwn = isOwn
    }

    /// Makes a socket and listens on it.
    ///
    /// A unix socket has mode 0660 before the first client can connect: who can write to it can forge any request. A
    /// socket file left behind by a process that died is replaced, one that is answered on is not.
    ///
    /// - Parameters:
    ///   - address: where to listen.
    ///   - backlog: how many connections may wait for a worker.
    ///   - allowTCP: whether the operator asked for TCP explicitly.
    /// - Throws: ``FastCGIError`` when the socket cannot be had.
    public convenience init(
        address: ListenAddress,
        backlog: Int = Listener.standardBacklog,
        allowTCP: Bool = false
    ) throws(FastCGIError) {
        let length = Int32(clamping: max(backlog, 1))
        switch address.kind {
        case .unix(let path):
            let (descriptor, file) = try SocketFile.listen(at: path, backlog: length)
            self.init(name: address.description, descriptor: descriptor, isTCP: false, file: file, isOwn: true)
        case .tcp(let host, let port):
            guard allowTCP else { throw .tcpNotAllowed }
            let descriptor = try Self.listen(host: host, port: port, backlog: length)
            self.init(name: address.description, descriptor: descriptor, isTCP: true, file: nil, isOwn: true)
        }
    }

    deinit {
        close()
    }

    /// Closes the socket and removes its file, if this listener made them.
    ///
    /// Call it after the pool has drained: connections that still wait are reset. Calling it again does nothing.
    public func close() {
        let wasOpen = isOpen.withLock { open in
            defer { open = false }
            return open
        }
        guard wasOpen else { return }
        file?.remove()
        _ = Glibc.close(descriptor)
    }

    /// Refuses new connections from now on, so that the web server hears of it at once.
    ///
    /// Only on a socket of our own: one of systemd goes on listening for the process that comes after this one, and
    /// `shutdown(2)` would end it for both.
    func refuse() {
        guard isOwn else { return }
        isOpen.withLock { open in
            if open { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private static func listen(host: String, port: UInt16, backlog: Int32) throws(FastCGIError) -> Int32 {
        let address = try SocketAddress(host: host, port: port)
        let descriptor = try openSocket(family: address.family)
        do {
            setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, Int32(1))
            try checked("bind") { address.withPointer { bind(descriptor, $0, $1) } }
            try checked("listen") { Glibc.listen(descriptor, backlog) }
            return descriptor
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
    }
}

/// A stream socket that does not block and is closed on exec.
func openSocket(family: Int32) throws(FastCGIError) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    return try checked("socket") { socket(family, type, 0) }
}
