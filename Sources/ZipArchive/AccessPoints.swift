/// The access points of an archive's members, in a file beside the archive.
///
/// They only save work: a file that is missing, damaged or another archive's counts as one without points, and so does a
/// member whose part is. It is read, not mapped; what is read of it never changes, but for entries, which have checksums.
public final class AccessPoints: Sendable {
    /// What the entry tells of a member.
    struct Section: Sendable {
        let ordinal: UInt32
        let uncompressedSize: Int64
        let compressedSize: Int64
        let spacingShift: Int
        var pointCount: Int
        var tableOffset: Int64
        var tableChecksum: UInt32
    }

    let file: ArchiveFile

    private typealias Header = PointsFormat.Header

    /// Opens a file of access points; `nil` when it is none of this archive, or damaged.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - digest: The SHA-256 of the archive that it must belong to, 32 bytes.
    public init?(_ file: ArchiveFile, digest: [UInt8]) {
        guard let header = Self.read(Header.length, at: 0, of: file), header == PointsFormat.header(digest: digest)
        else {
            return nil
        }
        self.file = file
    }

    /// The points of a member in ascending order; none when there are none, or their table is damaged.
    func points(of member: Member, spacingShift: Int? = nil) -> [AccessPoint] {
        let wanted = Section(of: member, spacingShift: spacingShift)
        let entry = Self.read(PointsFormat.Entry.length, at: PointsFormat.Entry.offset(of: wanted.ordinal), of: file)
        guard let section = entry?.withUnsafeBytes({ Section($0) }), section.isAbout(wanted) else { return [] }
        return points(of: section)
    }

    /// Each point must lie behind the one before, and in a slot of its own.
    func points(of section: Section) -> [AccessPoint] {
        guard let table = table(of: section) else { return [] }
        return table.withUnsafeBytes { bytes in
            var points: [AccessPoint] = []
            points.reserveCapacity(section.pointCount)
            for number in 0..<section.pointCount {
                let record = bytes.part(number * PointsFormat.Point.length, PointsFormat.Point.length)
                guard let point = AccessPoint(record, in: section), point.slot(section.spacingShift) > 0 else {
                    return []
                }
                if let last = points.last {
                    let isBehind = point.slot(section.spacingShift) > last.slot(section.spacingShift)
                    guard isBehind, point.input > last.input else { return [] }
                }
                points.append(point)
            }
            return points
        }
    }

    /// The bytes of a member's table, if they are intact.
    private func table(of section: Section) -> [UInt8]? {
        guard let table = Self.read(section.pointCount * PointsFormat.Point.length, at: section.tableOffset, of: file),
            table.withUnsafeBytes({ Checksum.crc32($0) }) == section.tableChecksum
        else { return nil }
        return table
    }

    private static func read(_ count: Int, at offset: Int64, of file: ArchiveFile) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)) ?? 0
        }
        return bytes.count == count ? bytes : nil
    }
}

extension AccessPoints.Section {
    private typealias Field = PointsFormat.Entry

    /// Reads an entry; `nil` when it was not written, is damaged, or a field has a value that is never written.
    init?(_ record: UnsafeRawBufferPointer) {
        guard record.u32(at: Field.checksum) == Checksum.crc32(record.part(0, Field.checksum)),
            let offset = Int64(exactly: record.u64(at: Field.tableOffset)),
            let uncompressedSize = Int64(exactly: record.u64(at: Field.uncompressedSize)),
            let compressedSize = Int64(exactly: record.u64(at: Field.compressedSize)),
            (1...UInt32(AccessPoint.maximumCount)).contains(record.u32(at: Field.pointCount)),
            record.u32(at: Field.spacingShift) < 63
        else { return nil }
        self.init(
            ordinal: record.u32(at: Field.ordinal),
            uncompressedSize: uncompressedSize,
            compressedSize: compressedSize,
            spacingShift: Int(record.u32(at: Field.spacingShift)),
            pointCount: Int(record.u32(at: Field.pointCount)),
            tableOffset: offset,
            tableChecksum: record.u32(at: Field.tableChecksum)
        )
    }

    /// The member's entry, with a table that is still to be written.
    init(of member: Member, spacingShift: Int?) {
        self.init(
            ordinal: UInt32(truncatingIfNeeded: member.ordinal),
            uncompressedSize: member.uncompressedSize,
            compressedSize: member.compressedSize,
            spacingShift: spacingShift ?? AccessPoint.spacingShift(of: member.uncompressedSize),
            pointCount: 0,
            tableOffset: 0,
            tableChecksum: 0
        )
    }

    func isAbout(_ other: Self) -> Bool {
        ordinal == other.ordinal && uncompressedSize == other.uncompressedSize
            && compressedSize == other.compressedSize && spacingShift == other.spacingShift
    }

    func write(to record: UnsafeMutableRawBufferPointer) {
        record.put(ordinal, at: Field.ordinal)
        record.put(UInt32(pointCount), at: Field.pointCount)
        record.put(UInt64(tableOffset), at: Field.tableOffset)
        record.put(UInt64(uncompressedSize), at: Field.uncompressedSize)
        record.put(UInt64(compressedSize), at: Field.compressedSize)
        record.put(tableChecksum, at: Field.tableChecksum)
        record.put(UInt32(spacingShift), at: Field.spacingShift)
        let covered = UnsafeRawBufferPointer(rebasing: record[..<Field.checksum])
        record.put(Checksum.crc32(covered), at: Field.checksum)
    }
}
