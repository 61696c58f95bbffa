/// An entry while its index is being built.
///
/// A million of them are in memory at once, so the fields are ordered by size, without padding between them.
struct DraftEntry {
    var nameOffset: UInt64 = 0
    var compressedSize: UInt64 = 0
    var uncompressedSize: UInt64 = 0
    var localOffset: UInt64 = 0
    var recordOffset: UInt64 = 0
    var hash: UInt64 = 0
    var nameLength: UInt32 = 0
    var crc32: UInt32 = 0
    var recordLength: UInt32 = 0
    var directory: UInt32 = IndexFormat.none
    var method: UInt16 = 0
    var mode: UInt16 = 0
    var dosTime: UInt16 = 0
    var dosDate: UInt16 = 0
    var rawNameLength: UInt16 = 0
    var kind = Member.Kind.file
    var flags: Member.Flags = []
}

extension DraftEntry {
    /// What a record of the central directory tells, but for the name.
    init(_ record: CentralRecord) {
        compressedSize = record.compressedSize
        uncompressedSize = record.uncompressedSize
        localOffset = record.localOffset
        recordOffset = UInt64(record.position)
        crc32 = record.crc32
        recordLength = UInt32(record.length)
        method = record.method
        dosTime = record.time
        dosDate = record.date
        rawNameLength = UInt16(record.rawName.count)
        if record.flags & 1 != 0 { flags.insert(.encrypted) }
        if record.method != 0 && record.method != 8 { flags.insert(.unsupportedMethod) }
        let attributes = UnixMode(record)
        kind = attributes.kind
        mode = attributes.mode
        if record.rawName.last == 0x2F { becomeDirectory() }
    }

    /// A directory that only the paths below it imply.
    init(impliedDirectory nameLength: Int, of entry: DraftEntry, hash: UInt64) {
        nameOffset = entry.nameOffset
        self.nameLength = UInt32(nameLength)
        self.hash = hash
        flags = .synthesized
        becomeDirectory()
    }

    /// Makes it a directory, as a slash at the end of its name does.
    mutating func becomeDirectory() {
        kind = .directory
        mode = UnixMode.directory
    }

    /// Position behind the local header's fixed part, the name and the data; `nil` past 2⁶³.
    var extentEnd: UInt64? {
        let (start, startOverflow) = localOffset.addingReportingOverflow(30 + UInt64(rawNameLength))
        let (end, endOverflow) = start.addingReportingOverflow(compressedSize)
        return startOverflow || endOverflow || end > UInt64(Int64.max) ? nil : end
    }
}

/// The type and permissions of a member, from its external attributes (APPNOTE 4.4.15).
struct UnixMode {
    static let directory: UInt16 = 0o040755
    static let symlink: UInt16 = 0o120777
    static let file: UInt16 = 0o100644
    private static let typeMask: UInt16 = 0o170000

    let kind: Member.Kind
    let mode: UInt16

    /// Unix systems keep `st_mode` in the upper half; some archivers do so under the number of another system.
    init(_ record: CentralRecord) {
        let stored = UInt16(truncatingIfNeeded: record.externalAttributes >> 16)
        let isUnix = record.host == 3 || record.host == 19
        switch stored & Self.typeMask {
        case 0o040000: (kind, mode) = (.directory, Self.directory)
        case 0o120000: (kind, mode) = (.symlink, Self.symlink)
        case 0o100000: (kind, mode) = (.file, stored)
        default: (kind, mode) = (.file, isUnix && stored != 0 ? 0o100000 | stored & 0o7777 : Self.file)
        }
    }
}
