internal import FastCGI
internal import ZipArchive

/// Why a transfer that had begun did not end well.
enum TransferError: Error {
    /// The connection failed: usually the client has gone.
    case exchange(ExchangeError)
    /// The content turned out to be damaged: the client must see a broken transfer.
    case damaged(String)
    /// What was being sent was taken away, or cannot be reached any more, through no fault of the content.
    case gone(String)
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

/// A file whose bytes, from a place on, are the representation.
struct FileSource: BodySource {
    let file: ArchiveFile
    /// Where the representation begins in the file.
    var start: Int64 = 0

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        do {
            try exchange.sendFile(file.descriptor, offset: start + window.lowerBound, count: Int64(window.count))
        } catch {
            throw .exchange(error)
        }
    }
}
