internal import CFastCGI
internal import Glibc

extension Exchange {
    /// Reads the next bytes of the request body.
    ///
    /// Waits until the buffer is full or the body ends. Only an end that was announced counts: a connection that breaks
    /// off, or a request that is aborted, is an error.
    ///
    /// - Parameter buffer: where the bytes go.
    /// - Returns: how many bytes were read; 0 at the end of the body, or if the buffer is empty.
    /// - Throws: ``ExchangeError/bodyAborted`` or ``ExchangeError/timedOut``.
    public func readBody(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
        if let bodyFailure { throw bodyFailure }
        guard let stream = request.pointee.in else { throw .bodyAborted }
        let room = Int32(clamping: buffer.count)
        let bytes = buffer.assumingMemoryBound(to: CChar.self).baseAddress
        let count = Int(FCGX_GetStr(bytes, room, stream))
        let code = FCGX_GetError(stream)
        guard code == 0 else { throw failBody(code) }
        return count
    }

    /// Reads the next bytes of the request body, and returns with what there is when they come slowly.
    ///
    /// As ``readBody(into:)``, but when a time is over it asks for no more once there is something: what a slow client
    /// sends can be counted. One that stops altogether is waited for, up to the timeout of ``WorkerPool/Timeouts``: whether
    /// libfcgi holds a record already cannot be asked, and a wait that is given up in mid-record would lose it.
    ///
    /// - Parameters:
    ///   - buffer: where the bytes go.
    ///   - milliseconds: from when on no more is asked for.
    /// - Returns: how many bytes were read; 0 at the end of the body, or if the buffer is empty.
    /// - Throws: ``ExchangeError/bodyAborted`` or ``ExchangeError/timedOut``.
    public func readBody(
        into buffer: UnsafeMutableRawBufferPointer,
        patience milliseconds: Int32
    ) throws(ExchangeError) -> Int {
        let deadline = Deadline(milliseconds: milliseconds)
        var count = 0
        while count < buffer.count {
            // FCGX_GetStr waits for all that it is asked for: one byte first, then what libfcgi has buffered by then.
            let waiting = request.pointee.in.map { $0.pointee.stop - $0.pointee.rdNext } ?? 0
            if waiting <= 0, count > 0, deadline.remaining == nil { break }
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[count...].prefix(max(waiting, 1)))
            let read = try readBody(into: room)
            count += read
            if read < room.count { break }
        }
        return count
    }

    /// Waits at most so long for the next bytes of the body, until the request ends.
    ///
    /// For a client that has not shown yet that it may hold a thread.
    ///
    /// - Parameter milliseconds: how long, or `nil` for what ``WorkerPool/Timeouts`` says.
    public func limitWait(milliseconds: Int32?) {
        receiveIsLimited = milliseconds != nil
        setOption(writer.descriptor, SOL_SOCKET, SO_RCVTIMEO, timeval(milliseconds: milliseconds ?? receiveTimeout))
    }

    /// Whether the body has been read up to its announced end.
    ///
    /// The end is a record of its own: ``readBody(into:)`` must have returned less than it was asked for.
    public var bodyIsComplete: Bool {
        guard let stream = request.pointee.in else { return false }
        return FCGX_HasSeenEOF(stream) != 0 && FCGX_GetError(stream) == 0
    }

    private func failBody(_ code: Int32) -> ExchangeError {
        let error: ExchangeError = code == EAGAIN ? .timedOut : .bodyAborted
        bodyFailure = error
        return error
    }

    /// Whether the end of the body is the next thing that has arrived, if it has not been read yet.
    ///
    /// A request without a body has its end right behind the parameters, mostly in libfcgi's buffer already, where it is
    /// found without a system call: there is no descriptor for libfcgi meanwhile. If the buffer is empty, the socket is
    /// asked without blocking: a body that is still to come is left alone, as waiting for it can deadlock with a web
    /// server that has stopped reading.
    func hasOnlyTheEndOfTheBodyLeft() -> Bool {
        if bodyIsComplete { return true }
        guard bodyFailure == nil, let stream = request.pointee.in, FCGX_HasSeenEOF(stream) == 0 else { return false }
        let place = stream.pointee.rdNext
        request.pointee.ipcFd = -1
        let isContent = FCGX_GetChar(stream) >= 0
        request.pointee.ipcFd = writer.descriptor
        if isContent || bodyIsComplete { return !isContent }
        // Half a header that was in the buffer is lost with the error; where nothing was, reading can go on.
        guard FCGX_GetError(stream) == EBADF, stream.pointee.rdNext == place else { return false }
        FCGX_ClearError(stream)
        stream.pointee.isClosed = 0
        _ = fcntl(writer.descriptor, F_SETFL, O_NONBLOCK)
        let isLateContent = FCGX_GetChar(stream) >= 0
        _ = fcntl(writer.descriptor, F_SETFL, 0)
        return !isLateContent && bodyIsComplete
    }
}
