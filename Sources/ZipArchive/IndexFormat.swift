/// The layout of a member index file, version 1.
///
/// All numbers are little-endian. The file is a sequence of blocks of 4,096 bytes: 4,092 of payload and a CRC-32 of the
/// block's number and payload, so that a lookup verifies just the blocks that it touches. Block 0 is the header. The
/// sections follow in the order of the cases of ``Section``, each from a new block, without records across blocks except
/// in the last, the paths. Where a section begins follows from the counts in the header.
enum IndexFormat {
    static let blockSize = 4096
    static let payloadSize = 4092
    /// "ZMI" between bytes that text transfers damage, as in PNG (RFC 2083, 12.12).
    static let magic: UInt64 = 0x0A1A_0A0D_494D_5A89
    static let version: UInt32 = 1
    /// The end of a chain in the hash table, and the directory of the root's entry.
    static let none: UInt32 = 0xFFFF_FFFF

    /// Offsets of the header's fields.
    enum Header {
        static let magic = 0
        static let version = 8
        static let blockSize = 12
        static let fileSize = 16
        static let archiveSize = 24
        static let digest = 32
        static let directoryOffset = 64
        static let directorySize = 72
        static let prefix = 80
        static let recordCount = 88
        static let entryCount = 92
        static let directoryCount = 96
        static let slotCount = 100
        static let longestChain = 104
        static let pathBytes = 108
        static let length = 116
    }

    /// Offsets of the fields of an entry.
    enum Entry {
        static let nameOffset = 0
        static let compressedSize = 8
        static let uncompressedSize = 16
        static let localOffset = 24
        static let recordOffset = 32
        static let nameLength = 40
        static let crc32 = 44
        static let recordLength = 48
        static let ordinal = 52
        static let directory = 56
        static let method = 60
        static let mode = 62
        static let dosTime = 64
        static let dosDate = 66
        static let kind = 68
        static let flags = 69
        static let length = 72
    }

    /// Offsets of the fields of a directory: what is below it, and its children in the section of children.
    enum Directory {
        static let entry = 0
        static let subtreeEnd = 4
        static let children = 8
        static let directoryCount = 12
        static let fileCount = 16
        static let length = 20
    }

    /// The sections behind the header.
    enum Section: Int, CaseIterable {
        /// The hash table: the lower half of the path's hash, and the entry's number.
        case slots
        /// The entries in byte order of their paths; a directory's ends in a slash.
        case entries
        /// The directories in the order of their entries, before them the root.
        case directories
        /// Numbers of entries: of each directory first the directories in it, then the files.
        case children
        /// The paths.
        case paths

        /// Length of a record.
        var stride: Int {
            switch self {
            case .slots: 8
            case .entries: Entry.length
            case .directories: Directory.length
            case .children: 4
            case .paths: 1
            }
        }

        /// Records in a block.
        var recordsPerBlock: Int { IndexFormat.payloadSize / stride }
    }

    /// The first block of each section, and behind the last the number of blocks of the file.
    static func layout(entries: UInt64, directories: UInt64, slots: UInt64, pathBytes: UInt64) -> [UInt64] {
        var blocks: [UInt64] = [1]
        for (section, count) in zip(Section.allCases, [slots, entries, directories, entries, pathBytes]) {
            let perBlock = UInt64(section.recordsPerBlock)
            blocks.append(blocks[blocks.count - 1] + count / perBlock + (count % perBlock == 0 ? 0 : 1))
        }
        return blocks
    }

    /// The checksum at the end of a block: of its number and its payload, so that a block in the wrong place is found.
    static func checksum(ofBlock number: Int, _ payload: UnsafeRawBufferPointer) -> UInt32 {
        let number = UInt32(truncatingIfNeeded: number).littleEndian
        let seed = withUnsafeBytes(of: number) { Checksum.crc32($0) }
        return Checksum.crc32(payload, continuing: seed)
    }

    /// Where the search for a hash begins.
    static func slot(of hash: UInt64, count: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(count)).high)
    }

    /// The key of the hash: the first half of the archive's digest.
    static func key(of digest: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        (digest.u64(at: 0), digest.u64(at: 8))
    }
}
