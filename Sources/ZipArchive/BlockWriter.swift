import Glibc

/// Writes the blocks of a member index, each with its checksum, through a buffer.
struct BlockWriter: ~Copyable {
    private static let blocksInBuffer = 64

    private let descriptor: Int32
    private let buffer = HeapBuffer(count: blocksInBuffer * IndexFormat.blockSize)
    /// The number of the block that is being filled.
    private var block = 0
    /// Bytes in the block that is being filled.
    private var used = 0

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Room for one record within one block, to be filled wholly.
    mutating func record(_ length: Int) throws(ZipError) -> UnsafeMutableRawBufferPointer {
        if used + length > IndexFormat.payloadSize { try endBlock() }
        let room = buffer.part(block % Self.blocksInBuffer * IndexFormat.blockSize + used, length)
        used += length
        return room
    }

    /// Bytes that may continue in the next block.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(ZipError) {
        var written = 0
        while written < bytes.count {
            if used == IndexFormat.payloadSize { try endBlock() }
            let count = min(bytes.count - written, IndexFormat.payloadSize - used)
            try record(count).copyMemory(from: bytes.part(written, count))
            written += count
        }
    }

    /// Ends a section: the next begins in a new block.
    mutating func endSection() throws(ZipError) {
        if used > 0 { try endBlock() }
    }

    /// Writes what is still in the buffer.
    mutating func finish() throws(ZipError) {
        try endSection()
        try flush(block % Self.blocksInBuffer)
    }

    private mutating func endBlock() throws(ZipError) {
        let start = block % Self.blocksInBuffer * IndexFormat.blockSize
        let padding = buffer.part(start + used, IndexFormat.payloadSize - used)
        if let base = padding.baseAddress, !padding.isEmpty { memset(base, 0, padding.count) }
        let payload = UnsafeRawBufferPointer(buffer.part(start, IndexFormat.payloadSize))
        buffer.part(start + IndexFormat.payloadSize, 4)
            .storeBytes(of: IndexFormat.checksum(ofBlock: block, payload).littleEndian, as: UInt32.self)
        block += 1
        used = 0
        if block % Self.blocksInBuffer == 0 { try flush(Self.blocksInBuffer) }
    }

    /// Writes the first blocks of the buffer.
    ///
    /// The corresponding C function is `pwrite`.
    private func flush(_ count: Int) throws(ZipError) {
        let bytes = buffer.part(0, count * IndexFormat.blockSize)
        guard let base = bytes.baseAddress else { return }
        let position = (block - count) * IndexFormat.blockSize
        var written = 0
        while written < bytes.count {
            let step = pwrite(descriptor, base + written, bytes.count - written, off_t(position + written))
            if step > 0 {
                written += step
            } else if step == 0 || errno != EINTR {
                throw .io(FileError(.write, code: step == 0 ? ENOSPC : errno))
            }
        }
    }
}
