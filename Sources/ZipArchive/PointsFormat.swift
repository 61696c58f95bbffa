/// The layout of a file of access points, version 2.
///
/// All numbers are little-endian. A header of 64 bytes is followed by a fixed number of entries of 64 bytes, mostly a hole,
/// and these by windows and tables in any order: a table of points for each member, in whose entry it is referred to, and
/// the windows to which the points refer. Each part ends in, or is referred to with, a CRC-32.
///
/// What is behind the entries is only ever added to, so that keeping the points of a member costs what these take, whatever
/// is there already. An entry's place follows from the member's number; of members whose numbers are alike in it, the one
/// that was written last has the entry.
enum PointsFormat {
    /// "ZAP" between bytes that text transfers damage, as in PNG (RFC 2083, 12.12).
    static let magic: UInt64 = 0x0A1A_0A0D_5041_5A89
    static let version: UInt32 = 2
    /// Places for entries.
    static let entryCount: UInt32 = 1024
    /// Where the entries end.
    static let firstFreeOffset = Int64(Header.length) + Int64(entryCount) * Int64(Entry.length)

    /// Offsets of the header's fields.
    enum Header {
        static let magic = 0
        static let version = 8
        /// SHA-256 of the archive.
        static let digest = 16
        static let checksum = 60
        static let length = 64
    }

    /// Offsets of the fields of a member's entry.
    enum Entry {
        static let ordinal = 0
        static let pointCount = 4
        static let tableOffset = 8
        static let uncompressedSize = 16
        static let compressedSize = 24
        static let tableChecksum = 32
        /// The binary logarithm of the spacing.
        static let spacingShift = 36
        static let checksum = 60
        static let length = 64

        static func offset(of ordinal: UInt32) -> Int64 {
            Int64(Header.length) + Int64(ordinal % entryCount) * Int64(length)
        }
    }

    /// Offsets of the fields of a point.
    enum Point {
        static let output = 0
        static let input = 8
        static let windowOffset = 16
        /// Three bytes of the window's length, and a byte of the point's bits.
        static let windowLengthAndBits = 24
        static let windowChecksum = 28
        static let length = 32
    }

    /// The header of an archive's file.
    static func header(digest: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Header.length)
        bytes.withUnsafeMutableBytes { header in
            header.put(magic, at: Header.magic)
            header.put(version, at: Header.version)
            for (number, byte) in digest.prefix(32).enumerated() { header[Header.digest + number] = byte }
            let covered = UnsafeRawBufferPointer(rebasing: header[..<Header.checksum])
            header.put(Checksum.crc32(covered), at: Header.checksum)
        }
        return bytes
    }
}

extension AccessPoint {
    private typealias Field = PointsFormat.Point

    /// Reads a point; `nil` when it is none of the member's, or none at all.
    init?(_ record: UnsafeRawBufferPointer, in section: AccessPoints.Section) {
        let packed = record.u32(at: Field.windowLengthAndBits)
        let length = Int(packed & 0xFF_FFFF)
        guard let output = Int64(exactly: record.u64(at: Field.output)),
            let input = Int64(exactly: record.u64(at: Field.input)),
            let offset = Int64(exactly: record.u64(at: Field.windowOffset)),
            output >= Int64(Self.windowSize), output < section.uncompressedSize,
            input > 0, input <= section.compressedSize, packed >> 24 < 8,
            offset >= PointsFormat.firstFreeOffset, length > 0, length <= Self.windowSize
        else { return nil }
        let window = PackedWindow(offset: offset, length: length, checksum: record.u32(at: Field.windowChecksum))
        self.init(output: output, input: input, bits: Int(packed >> 24), window: window)
    }

    func write(to record: UnsafeMutableRawBufferPointer) {
        record.put(UInt64(output), at: Field.output)
        record.put(UInt64(input), at: Field.input)
        record.put(UInt64(window.offset), at: Field.windowOffset)
        record.put(UInt32(window.length) | UInt32(bits) << 24, at: Field.windowLengthAndBits)
        record.put(window.checksum, at: Field.windowChecksum)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a number in little-endian order.
    func put(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value.littleEndian))
    }
}
