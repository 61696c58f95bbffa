/// A zip archive of some members of another, as it will be once it is sent.
///
/// Nothing is compressed anew: data are copied as they are stored, encrypted ones and those of unknown methods too, and
/// with them each member's name, attributes, times, extra fields and comment. Members come in the archive's own order, of
/// duplicate names the last. Equal paths of equal archives give equal bytes, and their number is known before the first
/// of them. The archive's own comment is about the whole and is left out.
///
/// It takes eight bytes of memory a member, and 24 for each 256.
public struct PartialArchive {
    /// The length in bytes.
    public let size: Int64

    let layout: PartialArchiveLayout
    /// Ascending; the first is the beginning.
    let checkpoints: [PartialArchiveCheckpoint]
    /// Where the directory begins.
    let localSize: Int64
    /// Where the end record begins.
    let directoryEnd: Int64
    let end: [UInt8]

    /// The number of members.
    public var memberCount: Int { layout.records.count }

    /// Finds the members and computes the length; of the archive's file only the directory is read.
    ///
    /// A path stands for the member of that name, and for the directory of that name with all that is below it.
    ///
    /// - Parameters:
    ///   - paths: What is wanted; the order and repetitions do not matter.
    ///   - index: The archive's index.
    ///   - file: The archive.
    /// - Throws: ``PartialArchiveError``, ``PartialArchiveError/noMatch`` also where only one of the paths is missing:
    ///   nobody notices a file that is silently left out.
    public init(
        of paths: some Sequence<MemberPath>,
        in index: MemberIndex,
        file: ArchiveFile
    ) throws(PartialArchiveError) {
        let records: [Int64]
        do { records = try index.records(at: paths) } catch { throw .index(error) }
        guard !records.isEmpty else { throw .noMatch }
        layout = PartialArchiveLayout(
            file: file,
            dataLimit: index.directoryOffset,
            directoryEnd: index.directoryOffset + index.directorySize,
            prefix: index.prefix,
            records: records
        )
        let measured: PartialArchiveMeasure?
        do { measured = try PartialArchiveMeasure(layout, limit: Self.limit(index, records.count)) } catch {
            throw .member(error)
        }
        guard let measured else { throw .extraFieldsTooLong }
        checkpoints = measured.checkpoints
        let last = measured.end
        localSize = last.localOffset
        directoryEnd = last.localOffset + last.directoryOffset
        end =
            ArchiveEnd(
                memberCount: UInt64(records.count),
                directorySize: UInt64(last.directoryOffset),
                directoryOffset: UInt64(last.localOffset)
            ).bytes
        size = directoryEnd + Int64(end.count)
    }

    /// Checks that the first members' data are where the directory says, while a client can still be told.
    ///
    /// - Parameter count: How many members to look at: each costs a read of the archive.
    /// - Throws: ``MemberError`` when one of them is not, or a file cannot be read.
    public func checkLocalHeaders(first count: Int) throws(MemberError) {
        var cursor = PartialArchiveCursor(layout)
        var data = PartialArchiveWindow(of: layout.file, upTo: layout.dataLimit, capacity: 64 << 10)
        while cursor.number < count, let record = try cursor.record() {
            _ = try data.extent(of: record)
            try cursor.advance(past: record)
        }
    }

    /// The last checkpoint from which a position is reached by going forward.
    func checkpoint(before position: Int64) -> PartialArchiveCheckpoint {
        let isInDirectory = position >= localSize
        var (low, high) = (0, checkpoints.count)
        while low < high {
            let middle = (low + high) / 2
            let checkpoint = checkpoints[middle]
            let start = isInDirectory ? localSize + checkpoint.directoryOffset : checkpoint.localOffset
            if start <= position { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? PartialArchiveCheckpoint() : checkpoints[low - 1]
    }

    /// The most that members of this archive can come to.
    ///
    /// Members that shared bytes would make more of them than there are. 64 bytes a member are more than what is written
    /// anew of each.
    private static func limit(_ index: MemberIndex, _ count: Int) -> Int64 {
        let (doubled, overflow) = index.archiveSize.addingReportingOverflow(index.directorySize)
        let (limit, secondOverflow) = doubled.addingReportingOverflow(64 * Int64(count))
        return overflow || secondOverflow ? .max / 2 : min(limit, .max / 2)
    }
}

/// Where each 256th member of a partial archive stands, and where its members end.
private struct PartialArchiveMeasure {
    private(set) var checkpoints: [PartialArchiveCheckpoint] = []
    let end: PartialArchiveCheckpoint

    /// Reads all records; `nil` where a member's extra fields are too long.
    init?(_ layout: PartialArchiveLayout, limit: Int64) throws(MemberError) {
        checkpoints.reserveCapacity(layout.records.count / PartialArchiveCheckpoint.stride + 1)
        var cursor = PartialArchiveCursor(layout)
        while let record = try cursor.record() {
            if cursor.number % PartialArchiveCheckpoint.stride == 0 { checkpoints.append(cursor.checkpoint) }
            guard record.fits(at: cursor.localOffset) else { return nil }
            try cursor.advance(past: record)
            guard cursor.localOffset <= limit - cursor.directoryOffset else { throw .corrupt(.extent) }
        }
        end = cursor.checkpoint
    }
}
