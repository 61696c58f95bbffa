internal import ContentStore
internal import FastCGI
internal import ZipArchive

/// Ranges of a deflated member, extracted while they are sent.
///
/// One reader serves all ranges of a request: those in ascending order take one pass, others begin at access points.
final class MemberSource: BodySource {
    /// How much is inflated before looking whether the client is still there.
    private static let skipStep: Int64 = 1 << 20
    /// What is longer may take as long as the client likes: less is taken by the web server's buffers.
    private static let longStream: Int64 = 1 << 20

    private let data: MemberData
    private let buffers: WorkerBuffers
    private let points: MemberPointsInUse
    private var reader: MemberReader?

    init(_ data: MemberData, points: MemberPointsInUse, buffers: WorkerBuffers) {
        self.data = data
        self.points = points
        self.buffers = buffers
    }

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        var reader = try begin(window)
        while reader.skipping > 0 {
            guard !exchange.clientIsGone() else { throw .exchange(.clientGone) }
            do { try reader.skip(Self.skipStep, using: buffers.block) } catch { throw .damaged(error.debugDescription) }
        }
        try Self.send(&reader, to: exchange, buffers)
        self.reader = reader
        try Self.flush(exchange, before: points)
    }

    private func begin(_ window: Range<Int64>) throws(TransferError) -> MemberReader {
        do throws(MemberError) {
            guard var reader else {
                return try MemberReader(data, buffers: buffers.member, window: window, points: points.points)
            }
            try reader.move(to: window)
            return reader
        } catch {
            throw .damaged(error.debugDescription)
        }
    }

    /// Lets the client have the last bytes before points are kept, which it should not wait for.
    static func flush(_ exchange: Exchange, before points: MemberPointsInUse) throws(TransferError) {
        guard points.isWorthKeeping else { return }
        do { try exchange.flush() } catch { throw .exchange(error) }
    }

    /// Inflates straight behind the record headers, block by block, until the window ends.
    static func send(
        _ reader: inout MemberReader,
        to exchange: Exchange,
        _ buffers: WorkerBuffers
    ) throws(TransferError) {
        if reader.remaining > longStream { buffers.releaseBlock() }
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
    private let reader: MemberReader
    /// Bytes of the first block, in the worker's buffer.
    private let firstCount: Int
    private let buffers: WorkerBuffers
    /// Held until the body has been sent.
    private let points: MemberPointsInUse?

    /// Reads the first block of a member.
    ///
    /// - Throws: `MemberError` where the member fits the block and is damaged, or its beginning is.
    init(_ data: MemberData, points: MemberPointsInUse?, buffers: WorkerBuffers) throws(MemberError) {
        var reader = try MemberReader(data, buffers: buffers.member, points: points?.points)
        firstCount = try reader.read(into: buffers.block)
        self.reader = reader
        self.buffers = buffers
        self.points = points
    }

    /// The bytes of the first block.
    var firstBlock: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffers.block)[..<firstCount])
    }

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        do { try exchange.send(firstBlock) } catch { throw .exchange(error) }
        var reader = reader
        try MemberSource.send(&reader, to: exchange, buffers)
        if let points { try MemberSource.flush(exchange, before: points) }
    }
}
