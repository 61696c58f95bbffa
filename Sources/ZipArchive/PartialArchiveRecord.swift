/// A member of a partial archive: its record in the archive's directory, and what is written of it.
///
/// The local header is made from that record, not copied: sizes that an archive written as a stream has only behind its
/// data (APPNOTE 4.3.9) are known now, and the length of the whole follows from the directory alone. All of it points
/// into the window that it was read through.
struct PartialArchiveRecord {
    /// Largest length of what is written at once: a record with its name, extra fields and comment.
    static let maximumLength = CentralRecord.fixedLength + 3 * 0xFFFF
    static let localHeaderLength = 30
    private static let descriptorSignature: UInt32 = 0x0807_4b50
    private static let zip64Version: UInt16 = 45
    private static let maximum: UInt64 = 0xFFFF_FFFF

    let source: CentralRecord
    private let bytes: UnsafeRawBufferPointer
    /// Length of the extra fields that are kept: all but zip64's.
    private let extraLength: Int

    /// Reads a record that is wholly in the buffer.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int64, prefix: Int64) throws(MemberError) {
        guard bytes.u32(at: 0) == CentralRecord.signature else { throw .corrupt(.record) }
        do {
            source = try CentralRecord(bytes, ordinal: 0, position: position, prefix: prefix)
        } catch {
            throw .corrupt(.record)
        }
        self.bytes = bytes
        var length = 0
        PartialArchiveExtra(source.extra).forEachKept { length += $0.count }
        extraLength = length
    }

    private var commentLength: Int { Int(bytes.u16(at: 32)) }

    /// The descriptor behind the data is kept for encrypted members only: bit 3 decides there what a password is checked
    /// against, so it must stay set (APPNOTE 6.1.6, as Info-ZIP reads it).
    private var keepsDescriptor: Bool { source.flags & 0b1001 == 0b1001 }
    private var flags: UInt16 { keepsDescriptor ? source.flags : source.flags & ~0b1000 }

    private var hasLargeSizes: Bool { source.uncompressedSize >= Self.maximum || source.compressedSize >= Self.maximum }
    private var localExtraLength: Int { extraLength + (hasLargeSizes ? 20 : 0) }

    /// Length of the local header with name and extra fields.
    var headerLength: Int { Self.localHeaderLength + source.rawName.count + localExtraLength }
    /// Length of the descriptor behind the data.
    var descriptorLength: Int { keepsDescriptor ? (hasLargeSizes ? 24 : 16) : 0 }

    /// Bytes from the local header to the end of the descriptor; `nil` past 2⁶³.
    var localLength: Int64? {
        guard let size = Int64(exactly: source.compressedSize) else { return nil }
        let (length, overflow) = size.addingReportingOverflow(Int64(headerLength + descriptorLength))
        return overflow ? nil : length
    }

    private func zip64Length(at offset: Int64) -> Int {
        let fields = [source.uncompressedSize, source.compressedSize, UInt64(offset)].count { $0 >= Self.maximum }
        return fields == 0 ? 0 : 4 + 8 * fields
    }

    /// Length of the directory's record where the local header is at an offset.
    func directoryLength(at offset: Int64) -> Int {
        CentralRecord.fixedLength + source.rawName.count + zip64Length(at: offset) + extraLength + commentLength
    }

    /// Whether the extra fields that are to be written can be told the length of.
    func fits(at offset: Int64) -> Bool {
        localExtraLength <= 0xFFFF && extraLength + zip64Length(at: offset) <= 0xFFFF
    }

    /// Writes the local header (APPNOTE 4.3.7); from version to sizes it has the fields of the record.
    func writeHeader(to output: inout PartialArchiveOutput) {
        output.put(LocalHeader.signature)
        output.append(bytes.part(6, 22))
        patchCommon(&output, at: 22, isLarge: (hasLargeSizes, hasLargeSizes), usesZip64: hasLargeSizes)
        output.put(UInt16(source.rawName.count))
        output.put(UInt16(truncatingIfNeeded: localExtraLength))
        output.append(source.rawName)
        if hasLargeSizes {
            output.put(1 as UInt16)
            output.put(16 as UInt16)
            output.put(source.uncompressedSize)
            output.put(source.compressedSize)
        }
        PartialArchiveExtra(source.extra).forEachKept { field in
            output.append(field)
            PartialArchiveExtra.limitTimes(field, in: &output)
        }
    }

    /// Writes the descriptor (APPNOTE 4.3.9), if there is one.
    func writeDescriptor(to output: inout PartialArchiveOutput) {
        guard keepsDescriptor else { return }
        output.put(Self.descriptorSignature)
        output.put(source.crc32)
        if hasLargeSizes {
            output.put(source.compressedSize)
            output.put(source.uncompressedSize)
        } else {
            output.put(UInt32(truncatingIfNeeded: source.compressedSize))
            output.put(UInt32(truncatingIfNeeded: source.uncompressedSize))
        }
    }

    /// Writes the directory's record (APPNOTE 4.3.12): as it was, but for the offset and what depends on it.
    func writeDirectoryRecord(at offset: Int64, to output: inout PartialArchiveOutput) {
        let zip64Length = zip64Length(at: offset)
        output.append(bytes.part(0, 28))
        let isLarge = (source.compressedSize >= Self.maximum, source.uncompressedSize >= Self.maximum)
        patchCommon(&output, at: 22, isLarge: isLarge, usesZip64: zip64Length > 0)
        output.put(UInt16(source.rawName.count))
        output.put(UInt16(truncatingIfNeeded: zip64Length + extraLength))
        output.append(bytes.part(32, 2))
        output.put(0 as UInt16)
        output.append(bytes.part(36, 6))
        output.put(UInt32(truncatingIfNeeded: min(UInt64(offset), Self.maximum)))
        output.append(source.rawName)
        writeZip64(zip64Length, offset, to: &output)
        PartialArchiveExtra(source.extra).forEachKept { output.append($0) }
        output.append(bytes.part(bytes.count - commentLength, commentLength))
    }

    /// Extra field 0x0001: the fields that are at their maximum, in this order (APPNOTE 4.5.3).
    private func writeZip64(_ length: Int, _ offset: Int64, to output: inout PartialArchiveOutput) {
        guard length > 0 else { return }
        output.put(1 as UInt16)
        output.put(UInt16(length - 4))
        for value in [source.uncompressedSize, source.compressedSize, UInt64(offset)] where value >= Self.maximum {
            output.put(value)
        }
    }

    /// Corrects what was just copied of the 22 bytes that both forms share: version, flags, and the sizes.
    private func patchCommon(
        _ output: inout PartialArchiveOutput,
        at distance: Int,
        isLarge: (compressed: Bool, uncompressed: Bool),
        usesZip64: Bool
    ) {
        let version = usesZip64 ? max(bytes.u16(at: 6), Self.zip64Version) : bytes.u16(at: 6)
        let compressed = isLarge.compressed ? UInt32.max : UInt32(truncatingIfNeeded: source.compressedSize)
        let uncompressed = isLarge.uncompressed ? UInt32.max : UInt32(truncatingIfNeeded: source.uncompressedSize)
        output.patch(version, back: distance)
        output.patch(flags, back: distance - 2)
        output.patch(compressed, back: 8)
        output.patch(uncompressed, back: 4)
    }
}
