import CZlib

/// CRC-32 as zip uses it (APPNOTE 4.4.7).
enum Checksum {
    /// Continues a CRC-32 over more bytes.
    ///
    /// The corresponding C function is `crc32_z`.
    static func crc32(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return crc }
        return UInt32(truncatingIfNeeded: crc32_z(uLong(crc), base.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}
