/// Where the central directory is, as its end record tells (APPNOTE 4.3.16, 4.3.14).
struct DirectoryLocation: Equatable {
    /// Position of the first record in the file.
    var offset: Int64
    /// Length in bytes.
    var size: Int64
    /// Bytes before the archive proper: what has to be added to the offsets that it contains.
    var prefix: Int64
    /// Records as announced.
    var memberCount: Int
    /// Whether the count comes from the zip64 record, that is, has not wrapped at 65,536.
    var isZip64: Bool
}

/// The fields that the end record and its zip64 form have in common.
struct EndRecord {
    var disk: UInt32
    var directoryDisk: UInt32
    var membersOnDisk: UInt64
    var members: UInt64
    var size: UInt64
    var offset: UInt64
    /// Position of the record: the central directory lies before it.
    var position: Int64
    var isZip64 = false

    static let length = 22
    static let signature: UInt32 = 0x0605_4b50

    /// Reads the fields of APPNOTE 4.3.16; the caller has checked signature and length.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int64) {
        disk = UInt32(bytes.u16(at: 4))
        directoryDisk = UInt32(bytes.u16(at: 6))
        membersOnDisk = UInt64(bytes.u16(at: 8))
        members = UInt64(bytes.u16(at: 10))
        size = UInt64(bytes.u32(at: 12))
        offset = UInt64(bytes.u32(at: 16))
        self.position = position
    }

    /// Reads the fields of APPNOTE 4.3.14; the caller has checked signature and length.
    init(zip64 bytes: UnsafeRawBufferPointer, at position: Int64) {
        disk = bytes.u32(at: 16)
        directoryDisk = bytes.u32(at: 20)
        membersOnDisk = bytes.u64(at: 24)
        members = bytes.u64(at: 32)
        size = bytes.u64(at: 40)
        offset = bytes.u64(at: 48)
        self.position = position
        isZip64 = true
    }

    /// Whether a field says "see the zip64 record" (APPNOTE 4.4.1.4).
    var refersToZip64: Bool {
        disk == 0xFFFF || directoryDisk == 0xFFFF || membersOnDisk == 0xFFFF || members == 0xFFFF
            || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF
    }

    /// Whether each field that does not refer to the zip64 record equals it.
    func agrees(with zip64: EndRecord) -> Bool {
        (members == 0xFFFF || members == zip64.members) && (size == 0xFFFF_FFFF || size == zip64.size)
            && (offset == 0xFFFF_FFFF || offset == zip64.offset)
    }
}
