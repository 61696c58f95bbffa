import Glibc
import Synchronization

/// The blocks of a member index in memory, each verified when it is first touched.
///
/// `@unchecked Sendable`: the mapping is never written, and the marks of verified blocks are atomics; a race between two
/// threads at most verifies a block twice.
///
/// A mapping has no errors: a file that is shortened while it is mapped, or a page that the disk cannot read, is a SIGBUS,
/// which ends the process. The store never shortens a file, and what the file holds is checked block by block.
final class IndexMapping: @unchecked Sendable {
    let blockCount: Int
    let isCopied: Bool
    private let base: UnsafeRawPointer
    private let length: Int
    private let verified: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int

    /// Maps a file read-only, or copies it; what is made outlives the descriptor.
    ///
    /// The corresponding C function is `mmap`.
    ///
    /// - Parameters:
    ///   - descriptor: A descriptor of the file.
    ///   - isCopied: Whether the file is read into memory of its own, which nothing that becomes of the file can change.
    /// - Throws: ``IndexError`` where it cannot be, or is no index by its length.
    init(descriptor: Int32, isCopied: Bool) throws(IndexError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .io(FileError(.stat, code: errno)) }
        let size = Int(status.st_size)
        guard size >= IndexFormat.blockSize, size % IndexFormat.blockSize == 0 else { throw .notAnIndex }
        self.isCopied = isCopied
        base = try isCopied ? Self.copy(descriptor, size) : Self.map(descriptor, size)
        length = size
        blockCount = size / IndexFormat.blockSize
        wordCount = blockCount / 64 + 1
        verified = .allocate(capacity: wordCount)
        for word in 0..<wordCount { (verified + word).initialize(to: Atomic(0)) }
    }

    private static func map(_ descriptor: Int32, _ size: Int) throws(IndexError) -> UnsafeRawPointer {
        guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED else {
            throw .io(FileError(.map, code: errno))
        }
        // A lookup touches three blocks that are far apart: reading ahead would only evict other pages.
        madvise(address, size, MADV_RANDOM)
        return UnsafeRawPointer(address)
    }

    private static func copy(_ descriptor: Int32, _ size: Int) throws(IndexError) -> UnsafeRawPointer {
        let access = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS)
        guard let address = mmap(nil, size, access.0, access.1, -1, 0), address != MAP_FAILED else {
            throw .io(FileError(.map, code: errno))
        }
        var count = 0
        while count < size {
            let read = pread(descriptor, address + count, size - count, off_t(count))
            if read < 0, errno == EINTR { continue }
            guard read > 0 else {
                let error: IndexError = read == 0 ? .notAnIndex : .io(FileError(.read, code: errno))
                munmap(address, size)
                throw error
            }
            count += read
        }
        return UnsafeRawPointer(address)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: base), length)
        verified.deinitialize(count: wordCount)
        verified.deallocate()
    }

    /// The payload of a block, after its checksum proved right once.
    func block(_ number: Int) throws(IndexError) -> UnsafeRawBufferPointer {
        guard number >= 0, number < blockCount else { throw .corrupt(block: number) }
        let start = base + number * IndexFormat.blockSize
        let payload = UnsafeRawBufferPointer(start: start, count: IndexFormat.payloadSize)
        let bit: UInt64 = 1 << UInt64(number & 63)
        if verified[number >> 6].load(ordering: .relaxed) & bit != 0 { return payload }
        let stored = UInt32(littleEndian: (start + IndexFormat.payloadSize).load(as: UInt32.self))
        guard stored == IndexFormat.checksum(ofBlock: number, payload) else { throw .corrupt(block: number) }
        verified[number >> 6].bitwiseOr(bit, ordering: .relaxed)
        return payload
    }

    /// The first bytes as they are, to recognise the format before its checksums mean anything.
    var unverifiedStart: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: IndexFormat.Header.length)
    }

    /// How many blocks were verified so far: the cost of what was asked, in tests.
    var verifiedBlockCount: Int {
        (0..<wordCount).reduce(0) { $0 + verified[$1].load(ordering: .relaxed).nonzeroBitCount }
    }
}
