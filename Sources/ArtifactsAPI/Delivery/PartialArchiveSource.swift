internal import FastCGI
internal import ZipArchive

/// A partial archive, made while it is sent.
struct PartialArchiveSource: BodySource {
    let archive: PartialArchive
    let file: ArchiveFile

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        var reader: PartialArchiveReader
        do { reader = try PartialArchiveReader(archive, window: window) } catch {
            throw .damaged(error.debugDescription)
        }
        while let piece = try next(&reader) {
            do throws(ExchangeError) {
                switch piece {
                case .bytes(let bytes): try exchange.send(bytes)
                case .file(let offset, let count): try exchange.sendFile(file.descriptor, offset: offset, count: count)
                }
            } catch {
                throw .exchange(error)
            }
        }
    }

    private func next(_ reader: inout PartialArchiveReader) throws(TransferError) -> PartialArchiveReader.Piece? {
        do { return try reader.next() } catch { throw .damaged(error.debugDescription) }
    }
}
