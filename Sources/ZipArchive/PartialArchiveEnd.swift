/// What stands behind the directory of a partial archive (APPNOTE 4.3.14 to 4.3.16).
struct PartialArchiveEnd {
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
        bytes.append(Self.endSignature)
        bytes.append(0 as UInt32)
        bytes.append(count)
        bytes.append(count)
        bytes.append(UInt32(min(directorySize, 0xFFFF_FFFF)))
        bytes.append(UInt32(min(directoryOffset, 0xFFFF_FFFF)))
        bytes.append(0 as UInt16)
        return bytes
    }

    /// The zip64 record, and the locator that points to it.
    private func appendZip64(to bytes: inout [UInt8]) {
        bytes.append(Self.zip64Signature)
        bytes.append(44 as UInt64)
        bytes.append(45 as UInt16)
        bytes.append(45 as UInt16)
        bytes.append(0 as UInt64)
        bytes.append(memberCount)
        bytes.append(memberCount)
        bytes.append(directorySize)
        bytes.append(directoryOffset)
        bytes.append(Self.locatorSignature)
        bytes.append(0 as UInt32)
        bytes.append(directoryOffset + directorySize)
        bytes.append(1 as UInt32)
    }
}

extension [UInt8] {
    /// Appends a number in little-endian order.
    fileprivate mutating func append(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
