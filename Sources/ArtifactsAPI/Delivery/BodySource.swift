internal import FastCGI
internal import ZipArchive

/// Why a transfer that had begun did not end well.
enum TransferError: Error {
    /// The connection failed: usually the client has gone.
    case exchange(ExchangeError)
    /// The content turned out to be damaged: the client must see a broken transfer.
    case damaged(String)
}

/// Where a body comes from, byte window by byte window.
protocol BodySource {
    /// Sends a part of the body.
    ///
    /// - Parameters:
    ///   - window: Positions in the whole representation.
    ///   - exchange: The request that is answered; its header has been sent.
    /// - Throws: ``TransferError`` where not all of the window was sent.
    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError)
}

/// A file whose bytes are the representation.
struct FileSource: BodySource {
    let file: ArchiveFile

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        do {
            try exchange.sendFile(file.descriptor, offset: window.lowerBound, count: Int64(window.count))
        } catch {
            throw .exchange(error)
        }
    }
}

/// A member of an archive, extracted while it is sent.
struct MemberSource: BodySource {
    let member: Member
    let file: ArchiveFile
    let buffers: WorkerBuffers

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        let reader: MemberReader
        do {
            reader = try MemberReader(member, in: file, buffers: buffers.member, window: window)
        } catch {
            throw .damaged(error.debugDescription)
        }
        try Self.send(reader, to: exchange)
    }

    /// Inflates straight behind the record headers, block by block, until the window ends.
    fileprivate static func send(_ reader: MemberReader, to exchange: Exchange) throws(TransferError) {
        var reader = reader
        while reader.remaining > 0 {
            do throws(SendBlockError<MemberError>) {
                try exchange.sendBlock { (space) throws(MemberError) in try reader.read(into: space) }
            } catch {
                switch error {
                case .fill(let error): throw .damaged(error.debugDescription)
                case .exchange(let error): throw .exchange(error)
                }
            }
        }
    }
}

/// A whole member whose first block has been read already, and with it checked where it is the only one.
struct StartedMember: BodySource {
    let reader: MemberReader
    /// Bytes of the first block, in the worker's buffer.
    let firstCount: Int
    let buffers: WorkerBuffers

    /// Reads the first block of a member.
    ///
    /// - Throws: `MemberError` where the member cannot be read, or fits the block and is damaged.
    init(_ member: Member, in file: ArchiveFile, buffers: WorkerBuffers) throws(MemberError) {
        var reader = try MemberReader(member, in: file, buffers: buffers.member)
        firstCount = try reader.read(into: buffers.block)
        self.reader = reader
        self.buffers = buffers
    }

    /// The bytes of the first block.
    var firstBlock: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffers.block)[..<firstCount])
    }

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        do { try exchange.send(firstBlock) } catch { throw .exchange(error) }
        try MemberSource.send(reader, to: exchange)
    }
}
