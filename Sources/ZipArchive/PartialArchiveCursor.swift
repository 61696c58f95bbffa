/// Walks over the members of a partial archive, in the order of the archive's directory, and counts where they come to
/// stand.
struct PartialArchiveCursor {
    private let layout: PartialArchiveLayout
    private var window: PartialArchiveWindow
    /// The number of the member that is next.
    private(set) var number: Int
    /// Where its local header begins.
    private(set) var localOffset: Int64
    /// Where its record begins, counted from the first record.
    private(set) var directoryOffset: Int64

    /// Begins at a checkpoint.
    init(_ layout: PartialArchiveLayout, at checkpoint: PartialArchiveCheckpoint = PartialArchiveCheckpoint()) {
        self.layout = layout
        window = PartialArchiveWindow(
            of: layout.file,
            upTo: layout.directoryEnd,
            capacity: PartialArchiveRecord.maximumLength
        )
        number = checkpoint.number
        localOffset = checkpoint.localOffset
        directoryOffset = checkpoint.directoryOffset
    }

    /// The next member, or `nil` behind the last; valid until the next call.
    mutating func record() throws(MemberError) -> PartialArchiveRecord? {
        guard number < layout.records.count else { return nil }
        let position = layout.records[number]
        let length = CentralRecord.length(of: try window.bytes(at: position, CentralRecord.fixedLength))
        let bytes = try window.bytes(at: position, length)
        return try PartialArchiveRecord(bytes, at: position, prefix: layout.prefix)
    }

    /// Goes past the member that ``record()`` gave.
    mutating func advance(past record: PartialArchiveRecord) throws(MemberError) {
        guard let length = record.localLength else { throw .corrupt(.extent) }
        let (end, overflow) = localOffset.addingReportingOverflow(length)
        guard !overflow else { throw .corrupt(.extent) }
        directoryOffset += Int64(record.directoryLength(at: localOffset))
        localOffset = end
        number += 1
    }

    /// Where it stands.
    var checkpoint: PartialArchiveCheckpoint {
        PartialArchiveCheckpoint(number: number, localOffset: localOffset, directoryOffset: directoryOffset)
    }

    /// Begins anew with the first member.
    mutating func rewind() {
        (number, localOffset, directoryOffset) = (0, 0, 0)
    }
}

/// A place among the members, from which a range is reached in few steps.
struct PartialArchiveCheckpoint {
    /// Members between two checkpoints.
    static let stride = 256

    var number = 0
    var localOffset: Int64 = 0
    var directoryOffset: Int64 = 0
}

/// Which members of which archive.
struct PartialArchiveLayout {
    let file: ArchiveFile
    /// Where the archive's directory begins: no member's data may reach further.
    let dataLimit: Int64
    let directoryEnd: Int64
    let prefix: Int64
    /// Positions in the file of the records, ascending: the archive's own order.
    let records: [Int64]
}
