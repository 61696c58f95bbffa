internal import CFastCGI
internal import Glibc

extension RecordWriter {
    /// Sends a part of a file: what fits the record is read behind its header, the rest goes by `sendfile(2)`.
    func sendFile(_ file: Int32, offset: Int64, count: Int64) throws(ExchangeError) {
        try checkOpen()
        try checkLength(of: file, offset: offset, count: count)
        var position = offset
        var rest = count
        while rest > 0 {
            let isLarge = waiting == 0 && rest > Int64(RecordFormat.maximumContent)
            let sent = isLarge ? try sendRecord(of: file, at: position) : try read(file, at: position, upTo: rest)
            position += Int64(sent)
            rest -= Int64(sent)
        }
    }

    /// Refuses a part that the file does not have, while the client can still be told.
    private func checkLength(of file: Int32, offset: Int64, count: Int64) throws(ExchangeError) {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .fileRead(errno: errno) }
        let (end, overflow) = offset.addingReportingOverflow(count)
        guard offset >= 0, count >= 0, !overflow else { throw .fileRead(errno: EINVAL) }
        guard end <= Int64(status.st_size) else { throw .truncatedFile }
    }

    /// Reads into the space of the record, and sends it when it is full.
    private func read(_ file: Int32, at offset: Int64, upTo limit: Int64) throws(ExchangeError) -> Int {
        let space = space
        let wanted = Int(min(Int64(space.count), limit))
        while true {
            let count = pread(file, space.baseAddress, wanted, off_t(offset))
            if count > 0 {
                // Filling up to the last byte keeps the rest on the path of sendfile(2).
                try commit(count)
                if Int64(count) < limit { try flush() }
                return count
            }
            if count == 0 { throw .truncatedFile }
            if errno != EINTR { throw .fileRead(errno: errno) }
        }
    }

    /// Sends one full record whose content the kernel takes from the page cache.
    ///
    /// The header has announced the content when it starts: an error from here on tears the record, and with it the
    /// connection.
    private func sendRecord(of file: Int32, at offset: Int64) throws(ExchangeError) -> Int {
        let length = RecordFormat.maximumContent
        RecordFormat.putHeader(FCGI_STDOUT, requestID: requestID, contentLength: length, at: buffer)
        try transmit(UnsafeRawBufferPointer(start: buffer, count: RecordFormat.headerLength), more: true)
        var position = off_t(offset)
        var rest = length
        while rest > 0 {
            let count = sendfile(descriptor, file, &position, rest)
            if count > 0 {
                rest -= count
            } else if count == 0 {
                throw fail(.truncatedFile)
            } else if errno == EINVAL || errno == ENOSYS {
                try copy(file, from: Int64(position), count: rest)
                rest = 0
            } else if errno != EINTR {
                throw isReadError(errno) ? fail(.fileRead(errno: errno)) : fail(errno: errno)
            }
        }
        return length
    }

    /// Sends the content of a record from a file system without `sendfile(2)`.
    private func copy(_ file: Int32, from offset: Int64, count: Int) throws(ExchangeError) {
        var done = 0
        while done < count {
            let got = pread(file, buffer, count - done, off_t(offset + Int64(done)))
            if got > 0 {
                try transmit(UnsafeRawBufferPointer(start: buffer, count: got))
                done += got
            } else if got == 0 {
                throw fail(.truncatedFile)
            } else if errno != EINTR {
                throw fail(.fileRead(errno: errno))
            }
        }
    }

    private func isReadError(_ code: Int32) -> Bool {
        code == EIO || code == EBADF || code == EOVERFLOW
    }
}
