/// A member of an archive that is being written: its local header (APPNOTE 4.3.7) and its record (4.3.12).
struct WrittenMember {
    /// 1 January 1980 at 0:00, the first moment of the format: equal content gives equal bytes, whenever it was made.
    private static let dosDate: UInt16 = 0x0021
    private static let localSignature: UInt32 = 0x0403_4b50
    private static let zip64Field: UInt16 = 0x0001
    private static let maximum32: UInt32 = 0xFFFF_FFFF
    /// Unix, and version 4.5 of the specification (APPNOTE 4.4.2).
    private static let madeBy: UInt16 = 3 << 8 | 45
    /// "The name is UTF-8" (APPNOTE 4.4.4, bit 11).
    private static let utf8Flag: UInt16 = 0x0800

    let name: [UInt8]
    let mode: UInt16
    let offset: Int64
    let method: UInt16
    /// Whether the local header has room for sizes of 64 bits, which must be known before the size is.
    let isLarge: Bool
    var crc32: UInt32 = 0
    var compressedSize: Int64 = 0
    var uncompressedSize: Int64 = 0

    /// The local header, which before the sizes are known is as long as afterwards.
    var localHeader: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(Self.localSignature)
        appendCommonFields(to: &bytes, compressed: size32(compressedSize), uncompressed: size32(uncompressedSize))
        bytes.appendLittleEndian(UInt16(isLarge ? 20 : 0))
        bytes += name
        if isLarge { appendZip64([uncompressedSize, compressedSize], to: &bytes) }
        return bytes
    }

    /// The record in the central directory.
    ///
    /// - Parameter limit: From where on a number stands in the zip64 field.
    /// - Returns: Its bytes.
    func record(zip64From limit: Int64) -> [UInt8] {
        let isFar = offset >= limit
        let large = (isLarge ? [uncompressedSize, compressedSize] : []) + (isFar ? [offset] : [])
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(CentralRecord.signature)
        bytes.appendLittleEndian(Self.madeBy)
        appendCommonFields(
            to: &bytes,
            compressed: size32(compressedSize),
            uncompressed: size32(uncompressedSize),
            isFar: isFar
        )
        bytes.appendLittleEndian(UInt16(large.isEmpty ? 0 : 4 + 8 * large.count))
        // No comment, first disk, no internal attributes.
        bytes += [0, 0, 0, 0, 0, 0]
        bytes.appendLittleEndian(UInt32(mode) << 16 | (mode & 0o170000 == 0o040000 ? 0x10 : 0))
        bytes.appendLittleEndian(isFar ? Self.maximum32 : UInt32(truncatingIfNeeded: offset))
        bytes += name
        if !large.isEmpty { appendZip64(large, to: &bytes) }
        return bytes
    }

    private func size32(_ size: Int64) -> UInt32 { isLarge ? Self.maximum32 : UInt32(truncatingIfNeeded: size) }

    /// From "version needed" to the length of the name, the same in both.
    private func appendCommonFields(
        to bytes: inout [UInt8],
        compressed: UInt32,
        uncompressed: UInt32,
        isFar: Bool = false
    ) {
        bytes.appendLittleEndian(UInt16(isLarge || isFar ? 45 : 20))
        bytes.appendLittleEndian(name.contains { $0 >= 0x80 } ? Self.utf8Flag : 0)
        bytes.appendLittleEndian(method)
        bytes.appendLittleEndian(0 as UInt16)
        bytes.appendLittleEndian(Self.dosDate)
        bytes.appendLittleEndian(crc32)
        bytes.appendLittleEndian(compressed)
        bytes.appendLittleEndian(uncompressed)
        bytes.appendLittleEndian(UInt16(truncatingIfNeeded: name.count))
    }

    private func appendZip64(_ numbers: [Int64], to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Self.zip64Field)
        bytes.appendLittleEndian(UInt16(8 * numbers.count))
        for number in numbers { bytes.appendLittleEndian(number) }
    }
}
