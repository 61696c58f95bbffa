/// The access points of an archive's members, in a file beside the archive.
///
/// They only save work: a file that is missing, damaged or another archive's counts as one without points. It is read,
/// not mapped, and replaced as a whole, so one that is open never changes.
public final class AccessPoints: Sendable {
    /// What the directory tells of a member.
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
    let sections: [Section]

    private typealias Header = PointsFormat.Header

    /// Opens a file of access points; `nil` when it is none of this archive, or damaged.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - digest: The SHA-256 of the archive that it must belong to, 32 bytes.
    public init?(_ file: ArchiveFile, digest: [UInt8]) {
        guard let header = Self.read(Header.length, at: 0, of: file),
            let sections = header.withUnsafeBytes({ Self.sections($0, digest, file) })
        else { return nil }
        self.file = file
        self.sections = sections
    }

    private static func sections(
        _ header: UnsafeRawBufferPointer,
        _ digest: [UInt8],
        _ file: ArchiveFile
    ) -> [Section]? {
        let count = Int(header.u32(at: Header.memberCount))
        guard header.u64(at: Header.magic) == PointsFormat.magic,
            header.u32(at: Header.version) == PointsFormat.version,
            header.u32(at: Header.checksum) == Checksum.crc32(header.part(0, Header.checksum)),
            header.part(Header.digest, 32).elementsEqual(digest), count <= PointsFormat.maximumMembers,
            let offset = Int64(exactly: header.u64(at: Header.directoryOffset)),
            let directory = read(count * PointsFormat.Entry.length, at: offset, of: file)
        else { return nil }
        return directory.withUnsafeBytes { bytes in
            guard Checksum.crc32(bytes) == header.u32(at: Header.directoryChecksum) else { return nil }
            return (0..<count).compactMap { number in
                Section(bytes.part(number * PointsFormat.Entry.length, PointsFormat.Entry.length))
            }
        }
    }

    /// The points of a member in ascending order; none when there are none, or their table is damaged.
    func points(of member: Member, spacingShift: Int? = nil) -> [AccessPoint] {
        let wanted = Section(of: member, spacingShift: spacingShift)
        return sections.first { $0.isAbout(wanted) }.map(points) ?? []
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

    /// Reads an entry of the directory; `nil` when a field has a value that is never written.
    init?(_ record: UnsafeRawBufferPointer) {
        guard let offset = Int64(exactly: record.u64(at: Field.tableOffset)),
            let uncompressedSize = Int64(exactly: record.u64(at: Field.uncompressedSize)),
            let compressedSize = Int64(exactly: record.u64(at: Field.compressedSize)),
            record.u32(at: Field.pointCount) <= AccessPoint.maximumCount, record.u32(at: Field.spacingShift) < 63
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
    }
}
