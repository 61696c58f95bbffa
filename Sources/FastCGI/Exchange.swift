internal import CFastCGI
internal import Glibc

/// One request and the answer to it.
///
/// An exchange belongs to the thread of its worker and is used again for the next request of that worker: a handler
/// must not keep it, nor hand it to another thread. The class is not `Sendable` for that reason.
public final class Exchange {
    /// The parameters of the request, copied from libfcgi.
    public private(set) var parameters = Parameters()

    /// The state of libfcgi; it keeps pointers to it, so it never moves.
    let request: UnsafeMutablePointer<FCGX_Request>
    let writer = RecordWriter()
    /// Set when the body broke, so that its error is told again.
    var bodyFailure: ExchangeError?
    /// The length of the header block, once there is one.
    var headerLength: Int?
    var isBroken = false
    /// Whether the connection is closed after this request.
    var isLast = false
    /// How long a read waits for the other side, in milliseconds, and whether this request has a time of its own.
    let receiveTimeout: Int32
    var receiveIsLimited = false

    init(receiveTimeout: Int32 = WorkerPool.Timeouts().receive) {
        self.receiveTimeout = receiveTimeout
        request = .allocate(capacity: 1)
        request.initialize(to: FCGX_Request())
        // No listening socket: the worker accepts. After a failure libfcgi would accept anew, gets EBADF and returns.
        FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        request.deallocate()
    }

    /// Whether the client is known to have gone, without waiting and without sending.
    ///
    /// The web server never sends `FCGI_ABORT_REQUEST`; it closes the connection. Worth asking before work that sends
    /// nothing for a while.
    ///
    /// - Returns: true when the connection is closed.
    public func clientIsGone() -> Bool {
        guard writer.failure == nil else { return true }
        return waitForInput(on: writer.descriptor, milliseconds: 0).isHungUp
    }

    // MARK: The life of an exchange, in the hands of the worker

    /// What becomes of the connection after a request.
    enum Ending {
        /// Everything was read and the web server wants to go on.
        case keep
        /// Nothing more can be lost.
        case close
        /// Bytes of the body are unread: the answer must be taken before the connection is closed.
        case linger
    }

    /// Reads the next request of a connection up to the end of its parameters.
    ///
    /// `FCGX_Accept_r` accepts only if `ipcFd` is negative (fcgiapp.c); with our own descriptor there, it goes on to
    /// read. `keepConnection` must be set, or its first act is to close what it takes for the last connection, and
    /// `FCGX_Detach` makes it close a broken connection at once instead of waiting up to two seconds for the other side.
    ///
    /// A connection that breaks off between two parameters is a success to `FCGX_Accept_r`: only the error of the input
    /// stream tells that parameters may be missing.
    ///
    /// - Returns: false when there was no proper request; libfcgi has closed the connection then.
    func receive(from connection: Int32) -> Bool {
        request.pointee.ipcFd = connection
        request.pointee.keepConnection = 1
        FCGX_Detach(request)
        guard FCGX_Accept_r(request) == 0 else {
            request.pointee.ipcFd = -1
            return false
        }
        guard FCGX_GetError(request.pointee.in) == 0 else {
            FCGX_Free(request, 1)
            return false
        }
        parameters.load(request.pointee.envp)
        writer.begin(connection, requestID: UInt16(truncatingIfNeeded: request.pointee.requestId))
        bodyFailure = nil
        headerLength = nil
        isBroken = false
        isLast = false
        return true
    }

    var isResponder: Bool { request.pointee.role == FCGI_RESPONDER }

    /// Refuses a request for a role other than that of a responder.
    func refuseRole() {
        try? writer.finish(isLast: request.pointee.keepConnection != 0, protocolStatus: FCGI_UNKNOWN_ROLE)
        headerLength = 0
        release()
    }

    /// Ends the request: sends what waits, tells the end, frees what libfcgi holds.
    ///
    /// What becomes of the connection is decided before the end is sent: a web server that takes it for kept may send its
    /// next request at once, and would lose it if we closed.
    ///
    /// - Parameter mayKeep: whether the pool would keep the connection.
    /// - Returns: whether the handler had answered, and what becomes of the connection.
    func finish(mayKeep: Bool) -> (answered: Bool, ending: Ending) {
        if receiveIsLimited { limitWait(milliseconds: nil) }
        let answered = headerLength != nil || writer.failure != nil
        if !answered { try? sendInternalServerError() }
        let isBrokenOff = isBroken && answered
        let wantsKeep = request.pointee.keepConnection != 0
        var ending = Ending.linger
        // Left in the socket, bytes of the body would be parsed as the records of a forged request.
        if writer.failure == nil, hasOnlyTheEndOfTheBodyLeft() {
            ending = wantsKeep && mayKeep && !isLast && !isBrokenOff ? .keep : .close
        }
        if isBrokenOff { try? writer.abandon() } else { try? writer.finish(isLast: wantsKeep && ending != .keep) }
        if writer.failure != nil { ending = .close }
        release()
        return (answered, ending)
    }

    private func release() {
        FCGX_Free(request, 0)
        request.pointee.ipcFd = -1
        writer.release()
    }
}
