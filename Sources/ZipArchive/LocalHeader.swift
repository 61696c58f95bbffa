/// The part of a local header that is trusted (APPNOTE 4.3.7): how long it is.
///
/// Sizes, CRC and method come from the central directory only: archives that were written as a stream have zeros here
/// and the truth in data descriptors behind the data (APPNOTE 4.3.9).
struct LocalHeader {
    static let fixedLength = 30
    static let signature: UInt32 = 0x0403_4b50

    /// Room for the extra fields that local headers usually have (`UT`, `ux`, zip64), so that one read does.
    private static let usualExtraLength = 96

    /// Where the member's data are.
    let data: Range<Int64>

    /// The bytes of `data` that are in the input buffer already, as offsets in the buffer.
    let buffered: Range<Int>

    /// Reads the local header of a member, and with it as much of its data as one read of the buffer brings.
    init(of member: Member, in file: ArchiveFile, into input: UnsafeMutableRawBufferPointer) throws(MemberError) {
        guard !member.flags.contains(.synthesized) else { throw .corrupt(.noData) }
        let available = member.dataLimit.subtractingReportingOverflow(member.localHeaderOffset)
        guard !available.overflow, available.partialValue >= Int64(Self.fixedLength), member.localHeaderOffset >= 0
        else {
            throw .corrupt(.extent)
        }
        let usual = Int64(Self.fixedLength + member.nameLength + Self.usualExtraLength)
        let wanted = min(Int64(input.count), available.partialValue, usual + min(member.compressedSize, 1 << 32))
        let count: Int
        do {
            count = try file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: input[..<Int(wanted)]),
                at: member.localHeaderOffset
            )
        } catch {
            throw .io(error)
        }
        let bytes = UnsafeRawBufferPointer(input)
        guard count >= Self.fixedLength else { throw .corrupt(.truncated) }
        guard bytes.u32(at: 0) == Self.signature else { throw .corrupt(.localHeader) }
        let length = Self.fixedLength + Int(bytes.u16(at: 26)) + Int(bytes.u16(at: 28))
        let dataCount = available.partialValue - Int64(length)
        guard member.compressedSize <= dataCount else { throw .corrupt(.extent) }
        let start = member.localHeaderOffset + Int64(length)
        data = start..<start + member.compressedSize
        let bufferedEnd = min(Int64(count), Int64(length) + member.compressedSize)
        // A header of up to 131,100 bytes may end behind the buffer.
        buffered = bufferedEnd > length ? length..<Int(bufferedEnd) : 0..<0
    }
}
