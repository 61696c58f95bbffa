private let internalServerError: [UInt8] = {
    let body = #"{"message":"500 Internal Server Error"}"#
    let header = "Status: 500 Internal Server Error\r\nContent-Type: application/json\r\n"
    return Array("\(header)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
}()

extension Exchange {
    /// Sends the header block, once and before any byte of the body.
    ///
    /// It may wait in the buffer of the worker, so that it leaves together with a small body.
    ///
    /// - Parameter block: `Status: 200 OK` and the other fields, each ended by CR LF, with the empty line at the end.
    /// - Throws: ``ExchangeError`` when the client has gone or takes nothing.
    public func sendHeader(_ block: [UInt8]) throws(ExchangeError) {
        headerLength = block.count
        try send(block)
    }

    /// Sends a part of the body.
    ///
    /// Small parts wait in the buffer until there are 32 KiB of them, or until ``flush()`` or the end of the request.
    ///
    /// - Parameter bytes: the part.
    /// - Throws: ``ExchangeError`` when the client has gone or takes nothing.
    public func send(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) {
        try writer.append(bytes)
    }

    /// Sends a part of the body from an array.
    ///
    /// - Parameter bytes: the part.
    /// - Throws: ``ExchangeError`` when the client has gone or takes nothing.
    public func send(_ bytes: [UInt8]) throws(ExchangeError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(ExchangeError) in
            try send(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Lets a closure write a part of the body to where it will be sent from, without a copy.
    ///
    /// The closure gets the space behind the header of the record: 65,528 bytes, less what already waits there, never
    /// less than 32 KiB. Like ``send(_:)-(UnsafeRawBufferPointer)`` it sends when at least 32 KiB are there.
    ///
    /// - Parameter fill: writes to the space and returns how many bytes it wrote, 0 for none.
    /// - Returns: what the closure returned.
    /// - Throws: ``SendBlockError``, with the error of the closure or that of the exchange.
    @discardableResult
    public func sendBlock<Failure: Error>(
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(SendBlockError<Failure>) -> Int {
        do throws(ExchangeError) {
            try writer.checkOpen()
        } catch {
            throw .exchange(error)
        }
        let count: Int
        do throws(Failure) {
            count = try fill(writer.space)
        } catch {
            throw .fill(error)
        }
        do throws(ExchangeError) {
            try writer.commit(count)
        } catch {
            throw .exchange(error)
        }
        return count
    }

    /// Sends a part of a file, mostly without its bytes passing through this process.
    ///
    /// - Parameters:
    ///   - fileDescriptor: the file, open for reading; its position is left alone.
    ///   - offset: the first byte.
    ///   - count: how many bytes.
    /// - Throws: ``ExchangeError/truncatedFile`` or ``ExchangeError/fileRead(errno:)``, and the errors of ``send(_:)-([UInt8])``.
    public func sendFile(_ fileDescriptor: Int32, offset: Int64, count: Int64) throws(ExchangeError) {
        try writer.sendFile(fileDescriptor, offset: offset, count: count)
    }

    /// Sends what waits in the buffer now, for an answer whose parts come slowly.
    ///
    /// - Throws: ``ExchangeError`` when the client has gone or takes nothing.
    public func flush() throws(ExchangeError) {
        try writer.flush()
    }

    /// Has the connection closed after this answer, though the web server asked to keep it.
    ///
    /// For answers after which nginx closes it anyway: those without a body (HEAD, 204, 304) and `X-Accel-Redirect`, where
    /// it goes on without reading the end of the request. Keeping such a connection would wake another worker, to close it.
    public func closeAfterwards() {
        isLast = true
    }

    /// Gives the answer up so that the client sees a broken transfer, never a clean short file.
    ///
    /// What waits in the buffer is thrown away, save the header block. The connection is then closed without the records
    /// that end a request, which nginx, under `fastcgi_keep_conn on`, answers by cutting the client off at once. With
    /// those records nginx 1.22 takes a body shorter than `Content-Length` for complete, if it reads them together with
    /// the end of the stream, and leaves the client hanging. Later calls that send do nothing but throw.
    public func breakTransfer() {
        guard !isBroken, writer.failure == nil else { return }
        isBroken = true
        writer.truncate(to: writer.hasLeft ? 0 : headerLength ?? 0)
        writer.seal()
    }

    /// The answer for a handler that gave none.
    func sendInternalServerError() throws(ExchangeError) {
        writer.reopen()
        try sendHeader(internalServerError)
    }
}
