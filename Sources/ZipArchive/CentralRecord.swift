/// One record of the central directory (APPNOTE 4.3.12).
///
/// Its buffers point into the scanner's memory and are valid until the scanner's next step.
struct CentralRecord {
    static let signature: UInt32 = 0x0201_4b50
    static let fixedLength = 46

    /// Counted from zero in the order of the directory.
    var ordinal: Int
    /// Position of the record in the file.
    var position: Int64
    /// Length of the record with name, extra fields and comment.
    var length: Int
    /// The upper byte of "version made by": the system whose attributes these are (APPNOTE 4.4.2.2).
    var host: UInt8
    var flags: UInt16
    var method: UInt16
    var time: UInt16
    var date: UInt16
    var crc32: UInt32
    var compressedSize: UInt64
    var uncompressedSize: UInt64
    /// Position of the local header in the file, prefix data included.
    var localOffset: UInt64
    var externalAttributes: UInt32
    var rawName: UnsafeRawBufferPointer
    var extra: UnsafeRawBufferPointer

    /// The length of a record whose fixed part is in the buffer.
    static func length(of bytes: UnsafeRawBufferPointer) -> Int {
        fixedLength + Int(bytes.u16(at: 28)) + Int(bytes.u16(at: 30)) + Int(bytes.u16(at: 32))
    }

    /// Reads a record that is wholly in the buffer; the caller has checked signature and length.
    init(_ bytes: UnsafeRawBufferPointer, ordinal: Int, position: Int64, prefix: Int64) throws(ZipError) {
        self.ordinal = ordinal
        self.position = position
        length = bytes.count
        host = bytes[5]
        flags = bytes.u16(at: 8)
        method = bytes.u16(at: 10)
        time = bytes.u16(at: 12)
        date = bytes.u16(at: 14)
        crc32 = bytes.u32(at: 16)
        compressedSize = UInt64(bytes.u32(at: 20))
        uncompressedSize = UInt64(bytes.u32(at: 24))
        externalAttributes = bytes.u32(at: 38)
        localOffset = UInt64(bytes.u32(at: 42))
        let nameLength = Int(bytes.u16(at: 28))
        rawName = bytes.part(Self.fixedLength, nameLength)
        extra = bytes.part(Self.fixedLength + nameLength, Int(bytes.u16(at: 30)))
        let disk = try applyZip64(disk: UInt32(bytes.u16(at: 34)))
        guard disk == 0 else { throw .multiDisk }
        let (absolute, overflow) = localOffset.addingReportingOverflow(UInt64(prefix))
        guard !overflow else { throw .memberOutOfBounds(record: ordinal + 1) }
        localOffset = absolute
    }

    /// Replaces the fields that are at their maximum by those of extra field 0x0001, in its order (APPNOTE 4.5.3).
    ///
    /// Without the field a maximum is a number like any other.
    private mutating func applyZip64(disk: UInt32) throws(ZipError) -> UInt32 {
        let isAtMaximum =
            uncompressedSize == 0xFFFF_FFFF || compressedSize == 0xFFFF_FFFF || localOffset == 0xFFFF_FFFF
            || disk == 0xFFFF
        guard isAtMaximum, let field = ExtraFields(extra).first(0x0001) else { return disk }
        var offset = 0
        func next(_ width: Int) throws(ZipError) -> Int {
            guard offset + width <= field.count else { throw .directoryCorrupt(record: ordinal + 1) }
            offset += width
            return offset - width
        }
        if uncompressedSize == 0xFFFF_FFFF { uncompressedSize = field.u64(at: try next(8)) }
        if compressedSize == 0xFFFF_FFFF { compressedSize = field.u64(at: try next(8)) }
        if localOffset == 0xFFFF_FFFF { localOffset = field.u64(at: try next(8)) }
        return disk == 0xFFFF ? field.u32(at: try next(4)) : disk
    }
}

/// The extra fields of a record: pairs of an id and a length, each followed by data (APPNOTE 4.5.1).
struct ExtraFields {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The data of the first field with an id; what follows a field that runs past the end is ignored.
    func first(_ id: UInt16) -> UnsafeRawBufferPointer? {
        var offset = 0
        while offset + 4 <= bytes.count {
            let count = Int(bytes.u16(at: offset + 2))
            guard offset + 4 + count <= bytes.count else { return nil }
            if bytes.u16(at: offset) == id { return bytes.part(offset + 4, count) }
            offset += 4 + count
        }
        return nil
    }
}
