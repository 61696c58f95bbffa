/// What stands behind the directory of an archive that is written (APPNOTE 4.3.14 to 4.3.16).
struct ArchiveEnd {
    private static let zip64Signature: UInt32 = 0x0606_4b50
    private static let locatorSignature: UInt32 = 0x0706_4b50
    private static let endSignature: UInt32 = 0x0605_4b50

    let memberCount: UInt64
    let directorySize: UInt64
    /// Position of the directory.
    let directoryOffset: UInt64

    /// Whether a number is too large for the old end record, or looks there like "see the zip64 record".
    private var needsZip64: Bool {
        memberCount >= 0xFFFF || directorySize >= 0xFFFF_FFFF || directoryOffset >= 0xFFFF_FFFF
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        if needsZip64 { appendZip64(to: &bytes) }
        let count = UInt16(min(memberCount, 0xFFFF))
        bytes.appendLittleEndian(Self.endSignature)
        bytes.appendLittleEndian(0 as UInt32)
        bytes.appendLittleEndian(count)
        bytes.appendLittleEndian(count)
        bytes.appendLittleEndian(UInt32(min(directorySize, 0xFFFF_FFFF)))
        bytes.appendLittleEndian(UInt32(min(directoryOffset, 0xFFFF_FFFF)))
        bytes.appendLittleEndian(0 as UInt16)
        return bytes
    }

    /// The zip64 record, and the locator that points to it.
    private func appendZip64(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Self.zip64Signature)
        bytes.appendLittleEndian(44 as UInt64)
        bytes.appendLittleEndian(45 as UInt16)
        bytes.appendLittleEndian(45 as UInt16)
        bytes.appendLittleEndian(0 as UInt64)
        bytes.appendLittleEndian(memberCount)
        bytes.appendLittleEndian(memberCount)
        bytes.appendLittleEndian(directorySize)
        bytes.appendLittleEndian(directoryOffset)
        bytes.appendLittleEndian(Self.locatorSignature)
        bytes.appendLittleEndian(0 as UInt32)
        bytes.appendLittleEndian(directoryOffset + directorySize)
        bytes.appendLittleEndian(1 as UInt32)
    }
}
