import Glibc

extension MemberPoints {
    /// Adds what was gathered to a file of access points.
    ///
    /// Nothing that is there is changed but the member's entry, at last, so that any number of readers and writers may use
    /// the file at once: of two that write the same member's entry, one is late. The file is not synced: what a crash spoils
    /// is told by its checksums, and gathered anew.
    ///
    /// - Parameters:
    ///   - target: The file, open for reading and writing, by a descriptor that nobody else uses.
    ///   - existing: Where the member's points are that are to stay: the same file, or one that gives way to it.
    /// - Returns: Whether all could be written.
    @discardableResult
    public func write(to target: AccessPoints, keeping existing: AccessPoints) -> Bool {
        guard let spool else { return false }
        let writer = PointsWriter(file: target.file)
        guard var points = writer.copy(held.filter(\.isGathered).map(\.point), from: spool) else { return false }
        let slots = Set(points.map { $0.slot(spacingShift) })
        var others = existing.points(of: member, spacingShift: spacingShift)
        others.removeAll { slots.contains($0.slot(spacingShift)) }
        if existing !== target {
            guard let copied = writer.copy(others, from: existing.file) else { return false }
            others = copied
        } else if foundDamage {
            others = writer.intact(others)
        }
        points += others
        points.sort { $0.output < $1.output }
        return writer.write(points, of: AccessPoints.Section(of: member, spacingShift: spacingShift))
    }
}

extension AccessPoints {
    /// Makes an empty file one of access points that has none yet.
    ///
    /// - Parameters:
    ///   - descriptor: An empty file, open for writing.
    ///   - digest: The SHA-256 of the archive, 32 bytes.
    /// - Returns: Whether it could be written.
    public static func layOut(_ descriptor: Int32, digest: [UInt8]) -> Bool {
        let header = PointsFormat.header(digest: digest)
        let file = ArchiveFile(descriptor: descriptor, closing: false)
        // The entries are a hole: those that are not written yet read as zeros, which are none.
        return header.withUnsafeBytes { file.write($0, at: 0) }
            && ftruncate(descriptor, off_t(PointsFormat.firstFreeOffset)) == 0
    }
}

/// Writes behind the end of a file of access points, wherever that is, and then an entry.
struct PointsWriter {
    let file: ArchiveFile

    /// Copies windows of another file; damaged ones are left out, so that they are gathered again.
    ///
    /// - Returns: The points with their windows in this file, or `nil` where it cannot be written.
    func copy(_ points: [AccessPoint], from other: ArchiveFile) -> [AccessPoint]? {
        let buffer = HeapBuffer(count: AccessPoint.windowSize)
        var copied: [AccessPoint] = []
        for var point in points {
            let bytes = buffer.part(0, point.window.length)
            guard other.isIntact(point.window, readInto: bytes) else { continue }
            guard let offset = file.append(UnsafeRawBufferPointer(bytes)) else { return nil }
            point.window.offset = offset
            copied.append(point)
        }
        return copied
    }

    /// Those points whose windows are as they were written.
    func intact(_ points: [AccessPoint]) -> [AccessPoint] {
        let buffer = HeapBuffer(count: AccessPoint.windowSize)
        return points.filter { file.isIntact($0.window, readInto: buffer.part(0, $0.window.length)) }
    }

    /// Writes a member's table and, when it is there, the entry that refers to it.
    func write(_ points: [AccessPoint], of section: AccessPoints.Section) -> Bool {
        var table = [UInt8](repeating: 0, count: points.count * PointsFormat.Point.length)
        table.withUnsafeMutableBytes { bytes in
            for (number, point) in points.enumerated() {
                let record = bytes[(number * PointsFormat.Point.length)...].prefix(PointsFormat.Point.length)
                point.write(to: UnsafeMutableRawBufferPointer(rebasing: record))
            }
        }
        guard let offset = table.withUnsafeBytes({ file.append($0) }) else { return false }
        var section = section
        section.pointCount = points.count
        section.tableOffset = offset
        section.tableChecksum = table.withUnsafeBytes { Checksum.crc32($0) }
        var entry = [UInt8](repeating: 0, count: PointsFormat.Entry.length)
        entry.withUnsafeMutableBytes { section.write(to: $0) }
        return entry.withUnsafeBytes { file.write($0, at: PointsFormat.Entry.offset(of: section.ordinal)) }
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

    /// Writes bytes behind the end, which other processes may be moving too.
    ///
    /// The corresponding C function is `write` under `O_APPEND`, which finds the end and writes in one step; afterwards
    /// `lseek` tells where this descriptor's bytes ended. The flag must not stay: with it Linux takes no offset of `pwrite`.
    ///
    /// - Returns: Where they are, or `nil` where not all could be written.
    func append(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_APPEND) == 0 else { return nil }
        defer { _ = fcntl(descriptor, F_SETFL, flags) }
        var count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        while count < 0, errno == EINTR { count = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
        guard count == bytes.count else { return nil }
        let end = lseek(descriptor, 0, SEEK_CUR)
        return end < off_t(count) ? nil : Int64(end) - Int64(count)
    }
}
