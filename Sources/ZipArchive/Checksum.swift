#if ISAL
import CIsal
#else
import CZlib
#endif

/// CRC-32 as zip uses it (APPNOTE 4.4.7).
enum Checksum {
    /// Continues a CRC-32 over more bytes.
    ///
    /// Blocks of data are folded first. The corresponding C function is `crc32_z`, or ISA-L's `crc32_gzip_refl`.
    static func crc32(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return crc }
        #if ISAL
        return crc32_gzip_refl(crc, base.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
        #else
        if bytes.count >= ChecksumFolding.worthwhile { return ChecksumFolding.crc32(bytes, continuing: crc) }
        return unfolded(bytes, continuing: crc)
        #endif
    }

    #if !ISAL
    /// Continues a CRC-32 byte after byte, by libz.
    static func unfolded(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32) -> UInt32 {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return crc }
        return UInt32(truncatingIfNeeded: crc32_z(uLong(crc), base.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
    #endif
}
