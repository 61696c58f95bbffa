/// Reads the records of a central directory one after the other, in chunks of bounded size.
struct DirectoryScanner {
    /// Above the longest record: 46 bytes, and 65,535 each of name, extra fields and comment.
    private static let bufferSize = 256 << 10
    /// A digital signature may follow the records (APPNOTE 4.3.13).
    private static let digitalSignature: UInt32 = 0x0505_4b50

    private let directory: CentralDirectory
    private let buffer = HeapBuffer(count: bufferSize)
    private var start = 0
    private var end = 0
    /// Position in the file of the first byte that is not in the buffer yet.
    private var filePosition: Int64
    private var ordinal = 0

    init(_ directory: CentralDirectory) {
        self.directory = directory
        filePosition = directory.offset
    }

    /// The next record, or `nil` behind the last.
    ///
    /// As in Python the directory's length decides how far it goes; then the count is compared.
    mutating func next() throws(ZipError) -> CentralRecord? {
        guard try available(4) else { return try finish() }
        let signature = UnsafeRawBufferPointer(buffer.bytes).u32(at: start)
        if signature == Self.digitalSignature { return try finish() }
        guard signature == CentralRecord.signature, try available(CentralRecord.fixedLength) else { throw corrupt }
        guard ordinal < directory.limits.members else { throw .tooManyMembers(limit: directory.limits.members) }
        let length = CentralRecord.length(of: UnsafeRawBufferPointer(buffer.part(start, CentralRecord.fixedLength)))
        guard try available(length) else { throw corrupt }
        let record = try CentralRecord(
            UnsafeRawBufferPointer(buffer.part(start, length)),
            ordinal: ordinal,
            position: filePosition - Int64(end - start),
            prefix: directory.prefix
        )
        start += length
        ordinal += 1
        return record
    }

    private var corrupt: ZipError { .directoryCorrupt(record: ordinal + 1) }

    /// Compares the count; writers without zip64 let it wrap at 65,536.
    private func finish() throws(ZipError) -> CentralRecord? {
        let announced = directory.announcedMemberCount
        let agrees = directory.isZip64 ? announced == ordinal : announced & 0xFFFF == ordinal & 0xFFFF
        guard agrees else { throw .memberCountWrong(announced: announced, found: ordinal) }
        return nil
    }

    /// Makes a number of bytes of the directory available in the buffer, if it has as many.
    private mutating func available(_ count: Int) throws(ZipError) -> Bool {
        if end - start >= count { return true }
        let left = directory.offset + directory.size - filePosition
        guard Int64(count - (end - start)) <= left else {
            guard count == 4, end - start + Int(left) > 0 else { return false }
            throw corrupt
        }
        let bytes = buffer.bytes
        bytes.copyMemory(from: UnsafeRawBufferPointer(buffer.part(start, end - start)))
        end -= start
        start = 0
        let wanted = Int(min(Int64(bytes.count - end), left))
        guard try directory.file.fill(buffer.part(end, wanted), at: filePosition) else { throw .truncated }
        end += wanted
        filePosition += Int64(wanted)
        return true
    }
}
