/// The header of a member index, checked against the file's size.
struct IndexHeader {
    let archiveSize: Int64
    let digest: [UInt8]
    let directoryOffset: Int64
    let directorySize: Int64
    let prefix: Int64
    let recordCount: Int
    let entryCount: Int
    let directoryCount: Int
    let slotCount: UInt32
    let longestChain: Int
    let pathBytes: UInt64
    /// The first block of each section.
    let sections: [Int]

    private typealias Field = IndexFormat.Header

    init(_ mapping: IndexMapping) throws(IndexError) {
        let bytes = try Self.verified(mapping)
        recordCount = Int(bytes.u32(at: Field.recordCount))
        entryCount = Int(bytes.u32(at: Field.entryCount))
        directoryCount = Int(bytes.u32(at: Field.directoryCount))
        slotCount = bytes.u32(at: Field.slotCount)
        longestChain = min(Int(bytes.u32(at: Field.longestChain)), Int(slotCount))
        pathBytes = bytes.u64(at: Field.pathBytes)
        digest = Array(bytes.part(Field.digest, 32))
        let blocks = IndexFormat.layout(
            entries: UInt64(entryCount),
            directories: UInt64(directoryCount),
            slots: UInt64(slotCount),
            pathBytes: pathBytes
        )
        guard blocks[blocks.count - 1] == UInt64(mapping.blockCount), slotCount > 0, directoryCount > 0,
            bytes.u64(at: Field.fileSize) == UInt64(mapping.blockCount * IndexFormat.blockSize),
            let archiveSize = Int64(exactly: bytes.u64(at: Field.archiveSize)),
            let directoryOffset = Int64(exactly: bytes.u64(at: Field.directoryOffset)),
            let directorySize = Int64(exactly: bytes.u64(at: Field.directorySize)),
            let prefix = Int64(exactly: bytes.u64(at: Field.prefix))
        else { throw .corrupt(block: 0) }
        self.archiveSize = archiveSize
        self.directoryOffset = directoryOffset
        self.directorySize = directorySize
        self.prefix = prefix
        sections = blocks.map { Int($0) }
    }

    /// The header's bytes; a file of another format is told apart from a damaged index.
    private static func verified(_ mapping: IndexMapping) throws(IndexError) -> UnsafeRawBufferPointer {
        let magic = mapping.unverifiedStart.u64(at: Field.magic)
        guard magic == IndexFormat.magic else { throw .notAnIndex }
        let bytes = try mapping.block(0)
        let version = bytes.u32(at: Field.version)
        guard version == IndexFormat.version else { throw .unsupportedVersion(version) }
        guard bytes.u32(at: Field.blockSize) == UInt32(IndexFormat.blockSize) else { throw .corrupt(block: 0) }
        return bytes
    }
}
