/// A part of a file in memory, which follows what is read.
///
/// Neighbours come with one read; who jumps around reads little at each place.
struct PartialArchiveWindow {
    private static let leastRead = 4096

    private let file: ArchiveFile
    /// Nothing is read beyond this position.
    let limit: Int64
    private let buffer: HeapBuffer
    private var start: Int64 = 0
    private var count = 0
    /// How much the last read was to bring.
    private var readSize = leastRead

    /// A window that holds as many bytes as may be asked for at once.
    init(of file: ArchiveFile, upTo limit: Int64, capacity: Int) {
        self.file = file
        self.limit = limit
        buffer = HeapBuffer(count: capacity)
    }

    /// Bytes of the file, valid until the next call.
    mutating func bytes(at position: Int64, _ wanted: Int) throws(MemberError) -> UnsafeRawBufferPointer {
        if position >= start, position - start <= Int64(count) - Int64(wanted) {
            return UnsafeRawBufferPointer(buffer.part(Int(position - start), wanted))
        }
        guard position >= 0, wanted <= buffer.bytes.count, Int64(wanted) <= limit - position else {
            throw .corrupt(.extent)
        }
        try read(at: position, wanted)
        guard count >= wanted else { throw .corrupt(.truncated) }
        return UnsafeRawBufferPointer(buffer.part(0, wanted))
    }

    private mutating func read(at position: Int64, _ wanted: Int) throws(MemberError) {
        let end = start + Int64(count)
        let follows = position >= start && position - end <= Int64(Self.leastRead)
        readSize = follows ? min(readSize * 2, buffer.bytes.count) : Self.leastRead
        start = position
        count = 0
        let length = Int(min(Int64(max(wanted, readSize)), limit - position))
        do {
            count = try file.read(into: buffer.part(0, length), at: position)
        } catch {
            throw .io(error)
        }
    }
}

extension PartialArchiveWindow {
    /// Where a member's data are, by its local header (APPNOTE 4.3.7); for a window that ends where the directory begins.
    mutating func extent(of record: PartialArchiveRecord) throws(MemberError) -> Range<Int64> {
        guard let offset = Int64(exactly: record.source.localOffset),
            let size = Int64(exactly: record.source.compressedSize)
        else { throw .corrupt(.extent) }
        let header = try bytes(at: offset, LocalHeader.fixedLength)
        guard header.u32(at: 0) == LocalHeader.signature else { throw .corrupt(.localHeader) }
        let start = offset + Int64(LocalHeader.fixedLength + Int(header.u16(at: 26)) + Int(header.u16(at: 28)))
        guard size <= limit - start else { throw .corrupt(.extent) }
        return start..<start + size
    }
}
