internal import CFastCGI
internal import Glibc

/// Writes the records of one request straight to the connection.
///
/// libfcgi's stream copies everything into records of 8 KiB. Here the worker keeps one buffer of the largest record;
/// what is inflated lands directly behind the header, and a header block, a small body and the end of the request
/// leave in one write.
final class RecordWriter {
    /// When so much waits, it is sent: until then, at least as much space is handed out.
    static let sendThreshold = 32 << 10

    /// The record under construction: header, content, and behind the content the room for the end of the request.
    let buffer: UnsafeMutableRawPointer
    /// The headers of the records that ``sendDirectly(_:)`` sends together, and the vectors of that call.
    private let headers: UnsafeMutableRawPointer
    private let vectors: UnsafeMutableBufferPointer<iovec>

    private(set) var descriptor: Int32 = -1
    private(set) var requestID: UInt16 = 0
    /// The bytes of content that wait in the buffer.
    private(set) var waiting = 0
    /// Whether a record has left: from then on the status of the answer is fixed.
    private(set) var hasLeft = false
    /// The error that ended the output; it is final, as the client may have got half a record.
    private(set) var failure: ExchangeError?
    /// Whether the answer was given up: what waits may still leave with the end, nothing is added.
    private var isSealed = false

    private static let recordsPerCall = 8

    init() {
        let size = RecordFormat.headerLength + RecordFormat.maximumContent + RecordFormat.lastEndLength
        buffer = .allocate(byteCount: size, alignment: 4_096)
        headers = .allocate(byteCount: Self.recordsPerCall * RecordFormat.headerLength, alignment: 8)
        vectors = .allocate(capacity: Self.recordsPerCall * 2)
        vectors.initialize(repeating: iovec())
    }

    deinit {
        buffer.deallocate()
        headers.deallocate()
        vectors.deallocate()
    }

    /// Starts the output of a request.
    func begin(_ descriptor: Int32, requestID: UInt16) {
        self.descriptor = descriptor
        self.requestID = requestID
        waiting = 0
        hasLeft = false
        failure = nil
        isSealed = false
    }

    /// Lets go of the connection: whatever is sent from now on fails.
    func release() {
        descriptor = -1
        waiting = 0
        failure = .clientGone
    }

    /// The room that is left for content in the record.
    var space: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            start: buffer + RecordFormat.headerLength + waiting,
            count: RecordFormat.maximumContent - waiting
        )
    }

    /// Takes bytes that were written to ``space`` into the record.
    func commit(_ count: Int) throws(ExchangeError) {
        waiting += min(max(count, 0), RecordFormat.maximumContent - waiting)
        if waiting >= Self.sendThreshold { try flush() }
    }

    /// Refuses everything but the end of the request from now on.
    func seal() {
        isSealed = true
    }

    /// Forgets what waits and takes an answer again, as long as nothing has left.
    func reopen() {
        waiting = 0
        isSealed = false
    }

    /// Keeps only so many bytes of what waits.
    func truncate(to count: Int) {
        waiting = min(waiting, max(count, 0))
    }

    /// Adds bytes: a few are copied into the record, many are sent from where they are.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) {
        try checkOpen()
        var rest = bytes
        if rest.count > RecordFormat.maximumContent - waiting { try flush() }
        while rest.count > RecordFormat.maximumContent {
            let sent = try sendDirectly(rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[sent...])
        }
        space.copyMemory(from: rest)
        try commit(rest.count)
    }

    /// Sends what waits, as one record.
    func flush() throws(ExchangeError) {
        try checkOpen()
        guard waiting > 0 else { return }
        RecordFormat.putHeader(FCGI_STDOUT, requestID: requestID, contentLength: waiting, at: buffer)
        let count = RecordFormat.headerLength + waiting
        waiting = 0
        try transmit(UnsafeRawBufferPointer(start: buffer, count: count))
    }

    /// Sends what waits and the end of the request, in one write.
    ///
    /// libfcgi would do it in `FCGX_Finish_r`, with a write of its own; `FCGX_Free` then only frees its streams.
    ///
    /// - Parameters:
    ///   - isLast: whether a web server that would keep the connection is told not to.
    ///   - protocolStatus: what became of the request.
    /// - Throws: ``ExchangeError`` when the client has gone or takes nothing.
    func finish(isLast: Bool = false, protocolStatus: Int32 = FCGI_REQUEST_COMPLETE) throws(ExchangeError) {
        if let failure { throw failure }
        let content = buffer + RecordFormat.headerLength
        RecordFormat.putHeader(FCGI_STDOUT, requestID: requestID, contentLength: waiting, at: buffer)
        RecordFormat.putEnd(
            requestID: requestID,
            appStatus: 0,
            protocolStatus: protocolStatus,
            at: content + waiting
        )
        // An empty FCGI_STDOUT ends the stream: without content there must be no record before the end.
        let start = waiting > 0 ? buffer : content
        if isLast { RecordFormat.putNoMore(at: content + waiting + RecordFormat.endLength) }
        let endLength = isLast ? RecordFormat.lastEndLength : RecordFormat.endLength
        let count = content + waiting + endLength - start
        waiting = 0
        try transmit(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Sends what waits and leaves the stream without an end, for a connection that is then closed on it.
    func abandon() throws(ExchangeError) {
        isSealed = false
        try flush()
    }

    func checkOpen() throws(ExchangeError) {
        if let failure { throw failure }
        if isSealed { throw .clientGone }
    }

    /// Ends the output for good, because the stream of records cannot be continued.
    func fail(_ error: ExchangeError) -> ExchangeError {
        failure = error
        return error
    }

    /// The error that an error number of a write stands for.
    func fail(errno code: Int32) -> ExchangeError {
        fail(code == EAGAIN ? .timedOut : .clientGone)
    }

    /// Sends bytes as they are, header included.
    func transmit(_ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(ExchangeError) {
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        var rest = bytes
        hasLeft = true
        while !rest.isEmpty {
            let count = Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                throw fail(errno: errno)
            }
        }
    }

    /// Sends as many full records as one call takes, from the caller's memory.
    ///
    /// - Returns: the bytes of content that were sent.
    private func sendDirectly(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) -> Int {
        let records = min(Self.recordsPerCall, bytes.count / RecordFormat.maximumContent)
        for index in 0..<records {
            let header = headers + index * RecordFormat.headerLength
            let content = bytes.baseAddress.map { $0 + index * RecordFormat.maximumContent }
            RecordFormat.putHeader(
                FCGI_STDOUT,
                requestID: requestID,
                contentLength: RecordFormat.maximumContent,
                at: header
            )
            vectors[index * 2] = iovec(iov_base: header, iov_len: RecordFormat.headerLength)
            vectors[index * 2 + 1] = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: content),
                iov_len: RecordFormat.maximumContent
            )
        }
        try transmitVectors(records * 2)
        return records * RecordFormat.maximumContent
    }

    private func transmitVectors(_ count: Int) throws(ExchangeError) {
        var first = 0
        hasLeft = true
        while first < count {
            var message = msghdr()
            message.msg_iov = vectors.baseAddress.map { $0 + first }
            message.msg_iovlen = count - first
            let sent = sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
            if sent >= 0 {
                first = advance(first, by: sent)
            } else if errno != EINTR {
                throw fail(errno: errno)
            }
        }
    }

    /// Skips what has been sent; the kernel may stop in the middle of a vector.
    private func advance(_ index: Int, by count: Int) -> Int {
        var index = index
        var rest = count
        while rest > 0, rest >= vectors[index].iov_len {
            rest -= vectors[index].iov_len
            index += 1
        }
        if rest > 0 {
            vectors[index].iov_base += rest
            vectors[index].iov_len -= rest
        }
        return index
    }
}
