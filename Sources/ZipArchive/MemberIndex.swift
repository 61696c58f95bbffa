/// The index of an archive's members, in a file beside the archive.
///
/// A lookup touches the header and about three blocks of 4 KiB, however many members there are. What it reads is
/// checked: a damaged file is an error, never a wrong answer. The file is mapped, so it must not be shortened while it is
/// open; files are written once and then only unlinked.
public final class MemberIndex: Sendable {
    /// The size of the archive that this is the index of.
    public let archiveSize: Int64

    /// The SHA-256 of that archive, 32 bytes.
    public let archiveDigest: [UInt8]

    /// Position of the archive's central directory.
    public let directoryOffset: Int64

    /// Length of the archive's central directory in bytes.
    public let directorySize: Int64

    /// Bytes before the archive proper.
    public let prefix: Int64

    /// The number of records in the archive's central directory, those that are not indexed included.
    public let recordCount: Int

    /// The number of entries: members with a valid path, each path once, and implied directories.
    public let entryCount: Int

    let directoryCount: Int
    let slotCount: UInt32
    let longestChain: Int
    let pathBytes: UInt64
    let key: (UInt64, UInt64)
    let sections: [Int]
    let mapping: IndexMapping

    /// Maps an index file and verifies its header.
    ///
    /// - Parameters:
    ///   - descriptor: A descriptor of the file, open for reading; it may be closed afterwards.
    ///   - isCopied: Whether the file is read into memory: right for a small one that is kept for long.
    /// - Throws: ``IndexError`` when the file is not an intact index.
    public init(descriptor: Int32, isCopied: Bool = false) throws(IndexError) {
        mapping = try IndexMapping(descriptor: descriptor, isCopied: isCopied)
        let header = try IndexHeader(mapping)
        archiveSize = header.archiveSize
        archiveDigest = header.digest
        directoryOffset = header.directoryOffset
        directorySize = header.directorySize
        prefix = header.prefix
        recordCount = header.recordCount
        entryCount = header.entryCount
        directoryCount = header.directoryCount
        slotCount = header.slotCount
        longestChain = header.longestChain
        pathBytes = header.pathBytes
        key = header.digest.withUnsafeBytes(IndexFormat.key)
        sections = header.sections
    }

    /// Whether it is held in memory, and not mapped from its file.
    public var isCopied: Bool { mapping.isCopied }

    /// How many blocks were verified since the index was opened.
    var verifiedBlockCount: Int { mapping.verifiedBlockCount }

    /// A record of a section; the caller has checked that its number is below the section's count.
    func record(_ number: Int, of section: IndexFormat.Section) throws(IndexError) -> UnsafeRawBufferPointer {
        let (block, place) = number.quotientAndRemainder(dividingBy: section.recordsPerBlock)
        let payload = try mapping.block(sections[section.rawValue] + block)
        return payload.part(place * section.stride, section.stride)
    }

    /// The block of a record, for errors.
    func block(of number: Int, in section: IndexFormat.Section) -> Int {
        sections[section.rawValue] + number / section.recordsPerBlock
    }
}
