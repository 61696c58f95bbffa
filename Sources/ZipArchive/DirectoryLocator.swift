/// Finds the central directory from the end of the file.
///
/// The end record is followed by a comment of up to 65,535 bytes, which may itself contain the record's signature. As in
/// Info-ZIP and Python the last one wins; one that does not lead to a directory does not count.
struct DirectoryLocator {
    private static let localSignature: UInt32 = 0x0403_4b50
    private static let spanningSignature: UInt32 = 0x0807_4b50
    private static let locatorSignature: UInt32 = 0x0706_4b50
    private static let locatorLength = 20
    private static let zip64Signature: UInt32 = 0x0606_4b50
    private static let zip64Length = 56

    let file: ArchiveFile
    let fileSize: Int64
    let limits: ZipLimits

    /// Finds the last end record that leads to a directory.
    func locate() throws(ZipError) -> DirectoryLocation {
        let length = Int(min(fileSize, Int64(EndRecord.length + 0xFFFF)))
        let tail = HeapBuffer(count: length)
        let start = fileSize - Int64(length)
        guard try file.fill(tail.bytes, at: start) else { throw .truncated }
        let bytes = UnsafeRawBufferPointer(tail.bytes)
        var refusal: ZipError?
        var position = length - EndRecord.length
        while position >= 0 {
            if bytes.u32(at: position) == EndRecord.signature {
                do throws(ZipError) {
                    return try location(bytes.part(position, EndRecord.length), at: start + Int64(position))
                } catch {
                    refusal = refusal ?? error
                }
            }
            position -= 1
        }
        if let refusal { throw refusal }
        throw beginsLikeAZip() ? .truncated : .notAZip
    }

    private func location(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(ZipError) -> DirectoryLocation {
        let commentLength = Int64(bytes.u16(at: 20))
        guard position + Int64(EndRecord.length) + commentLength <= fileSize else { throw .truncated }
        var end = EndRecord(bytes, at: position)
        if let zip64 = try zip64Record(for: end) { end = zip64 }
        guard end.disk == 0, end.directoryDisk == 0, end.membersOnDisk == end.members else { throw .multiDisk }
        guard end.size <= UInt64(end.position), end.offset <= UInt64(end.position) - end.size else {
            throw .directoryOutOfBounds
        }
        guard end.members <= UInt64(limits.members) else { throw .tooManyMembers(limit: limits.members) }
        guard end.size <= UInt64(limits.directoryBytes) else { throw .directoryTooLarge(limit: limits.directoryBytes) }
        guard end.members * UInt64(CentralRecord.fixedLength) <= end.size else { throw .directoryCorrupt(record: 1) }
        return try placed(end)
    }

    /// Decides between a directory that ends at its end record, whatever comes before the archive, and one at exactly the
    /// offset told, whatever comes behind it.
    private func placed(_ end: EndRecord) throws(ZipError) -> DirectoryLocation {
        let size = Int64(end.size)
        let told = Int64(end.offset)
        var location = DirectoryLocation(
            offset: end.position - size,
            size: size,
            prefix: end.position - size - told,
            memberCount: Int(end.members),
            isZip64: end.isZip64
        )
        if end.members == 0 { return location }
        if try signature(at: location.offset) == CentralRecord.signature { return location }
        guard try signature(at: told) == CentralRecord.signature else { throw .directoryCorrupt(record: 1) }
        location.offset = told
        location.prefix = 0
        return location
    }

    /// The zip64 record that the locator before the end record points to (APPNOTE 4.3.15), if there is one.
    ///
    /// It is looked for directly before the locator first, where it is also found behind prefix data.
    private func zip64Record(for end: EndRecord) throws(ZipError) -> EndRecord? {
        let locatorPosition = end.position - Int64(Self.locatorLength)
        let latest = locatorPosition - Int64(Self.zip64Length)
        guard latest >= 0 else { return nil }
        let buffer = HeapBuffer(count: Self.zip64Length)
        let locator = UnsafeRawBufferPointer(buffer.bytes)
        guard try file.fill(buffer.part(0, Self.locatorLength), at: locatorPosition),
            locator.u32(at: 0) == Self.locatorSignature
        else { return nil }
        guard locator.u32(at: 16) <= 1 else { throw .multiDisk }
        let told = Int64(exactly: locator.u64(at: 8)) ?? -1
        for position in [latest, told] where position >= 0 && position <= latest {
            guard try file.fill(buffer.bytes, at: position), locator.u32(at: 0) == Self.zip64Signature,
                locator.u64(at: 4) == UInt64(locatorPosition - position - 12)
            else { continue }
            let zip64 = EndRecord(zip64: locator, at: position)
            if end.agrees(with: zip64) { return zip64 }
        }
        if end.refersToZip64 { throw .unsupportedZip64 }
        return nil
    }

    private func beginsLikeAZip() -> Bool {
        let found = (try? signature(at: 0)) ?? 0
        return found == Self.localSignature || found == Self.spanningSignature
    }

    private func signature(at position: Int64) throws(ZipError) -> UInt32 {
        var word: UInt32 = 0
        let isThere = try withUnsafeMutableBytes(of: &word) { bytes throws(ZipError) in
            try file.fill(bytes, at: position)
        }
        return isThere ? UInt32(littleEndian: word) : 0
    }
}
