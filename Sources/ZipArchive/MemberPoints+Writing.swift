import Glibc

extension MemberPoints {
    /// Completes the spool to a file of access points: what was gathered, and what another such file holds beside it.
    ///
    /// The file is not synced: one that a crash spoils is told by its checksums, and made anew.
    ///
    /// - Parameters:
    ///   - existing: The points of the archive as they are now, which is not as they were when the reading began.
    ///   - digest: The SHA-256 of the archive, 32 bytes.
    /// - Returns: Whether the spool is complete.
    public func write(merging existing: AccessPoints?, digest: [UInt8]) -> Bool {
        guard let spool else { return false }
        var writer = PointsWriter(file: spool, end: spoolEnd)
        let own = AccessPoints.Section(of: member, spacingShift: spacingShift)
        guard let points = merged(existing, own, &writer), writer.end <= limit else { return false }
        let part = PointsWriter.Part(section: own, points: points)
        let tables = Int64(points.count * PointsFormat.Point.length + PointsFormat.Entry.length)
        let parts = others(of: existing, own, room: limit - writer.end - tables) + [part]
        return writer.finish(parts, from: existing?.file, digest: digest)
    }

    /// The member's own points, those of the existing file copied behind the gathered ones.
    private func merged(
        _ existing: AccessPoints?,
        _ own: AccessPoints.Section,
        _ writer: inout PointsWriter
    ) -> [AccessPoint]? {
        var points = held.filter(\.isGathered).map(\.point)
        guard let existing else { return points }
        let slots = Set(points.map { $0.slot(spacingShift) })
        let missing = existing.points(of: member, spacingShift: spacingShift).filter {
            !slots.contains($0.slot(spacingShift))
        }
        guard let copied = writer.copy(missing, from: existing.file) else { return nil }
        points += copied
        points.sort { $0.output < $1.output }
        return points
    }

    /// The other members' points as far as there is room for them: those that were written last.
    private func others(
        of existing: AccessPoints?,
        _ own: AccessPoints.Section,
        room: Int64
    ) -> [PointsWriter.Part] {
        guard let existing else { return [] }
        var room = room
        var parts: [PointsWriter.Part] = []
        for section in existing.sections.reversed() where section.ordinal != own.ordinal {
            let part = PointsWriter.Part(section: section, points: existing.points(of: section))
            room -= part.size
            guard room >= 0, parts.count < PointsFormat.maximumMembers - 1 else { break }
            if !part.points.isEmpty { parts.append(part) }
        }
        return parts.reversed()
    }
}

/// Writes what stands behind the windows in a file of access points, and last its header.
struct PointsWriter {
    /// A member's points, and what the directory tells of them.
    struct Part {
        var section: AccessPoints.Section
        var points: [AccessPoint]

        /// Bytes in a file.
        var size: Int64 {
            points.reduce(Int64(PointsFormat.Entry.length)) { size, point in
                size + Int64(point.window.length + PointsFormat.Point.length)
            }
        }
    }

    let file: ArchiveFile
    /// Where the next bytes go.
    var end: Int64

    /// Copies windows of another file; damaged ones are left out, so that they are gathered again.
    ///
    /// - Returns: The points with their windows in this file, or `nil` where it cannot be written.
    mutating func copy(_ points: [AccessPoint], from other: ArchiveFile) -> [AccessPoint]? {
        let buffer = HeapBuffer(count: AccessPoint.windowSize)
        var copied: [AccessPoint] = []
        for var point in points {
            let bytes = buffer.part(0, point.window.length)
            guard other.isIntact(point.window, readInto: bytes) else { continue }
            guard let offset = append(UnsafeRawBufferPointer(bytes)) else { return nil }
            point.window.offset = offset
            copied.append(point)
        }
        return copied
    }

    /// Writes tables, directory and header; the last part's windows are in this file already.
    ///
    /// - Returns: Whether all could be written.
    mutating func finish(_ parts: [Part], from other: ArchiveFile?, digest: [UInt8]) -> Bool {
        var directory: [UInt8] = []
        for (number, part) in parts.enumerated() {
            var part = part
            if number < parts.count - 1, let other {
                guard let copied = copy(part.points, from: other) else { return false }
                part.points = copied
            }
            guard let section = append(part) else { return false }
            directory += Self.record(PointsFormat.Entry.length) { section.write(to: $0) }
        }
        let checksum = directory.withUnsafeBytes { Checksum.crc32($0) }
        guard let offset = directory.withUnsafeBytes({ append($0) }) else { return false }
        let header = Self.header(parts.count, directory: (offset, checksum), digest)
        return header.withUnsafeBytes { file.write($0, at: 0) }
    }

    private mutating func append(_ part: Part) -> AccessPoints.Section? {
        let table = part.points.flatMap { point in
            Self.record(PointsFormat.Point.length) { point.write(to: $0) }
        }
        guard let offset = table.withUnsafeBytes({ append($0) }) else { return nil }
        var section = part.section
        section.pointCount = part.points.count
        section.tableOffset = offset
        section.tableChecksum = table.withUnsafeBytes { Checksum.crc32($0) }
        return section
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard file.write(bytes, at: end) else { return nil }
        defer { end += Int64(bytes.count) }
        return end
    }

    private static func header(_ count: Int, directory: (Int64, UInt32), _ digest: [UInt8]) -> [UInt8] {
        typealias Field = PointsFormat.Header
        return record(Field.length) { header in
            header.put(PointsFormat.magic, at: Field.magic)
            header.put(PointsFormat.version, at: Field.version)
            header.put(UInt32(count), at: Field.memberCount)
            for (number, byte) in digest.prefix(32).enumerated() { header[Field.digest + number] = byte }
            header.put(UInt64(directory.0), at: Field.directoryOffset)
            header.put(directory.1, at: Field.directoryChecksum)
            let covered = UnsafeRawBufferPointer(rebasing: header[..<Field.checksum])
            header.put(Checksum.crc32(covered), at: Field.checksum)
        }
    }

    private static func record(_ length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        bytes.withUnsafeMutableBytes(fill)
        return bytes
    }
}

extension ArchiveFile {
    /// Writes all of the bytes; the descriptor must be open for writing.
    ///
    /// The corresponding C function is `pwrite`, repeated after short writes and interruptions.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var written = 0
        while written < bytes.count {
            let step = pwrite(descriptor, base + written, bytes.count - written, off_t(offset) + written)
            if step > 0 {
                written += step
            } else if step == 0 || errno != EINTR {
                return false
            }
        }
        return true
    }
}
