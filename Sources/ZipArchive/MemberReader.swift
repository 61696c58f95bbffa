/// Streams the data of one member, or a range of them, in constant memory.
///
/// The last block is held back until the deflate stream has ended at the declared size and the CRC-32 is right, so a
/// member that fits one buffer is checked before a byte of it is sent. Ranges are not checked against the CRC.
public struct MemberReader {
    /// The bytes of the member that are delivered.
    public let window: Range<Int64>

    /// The bytes of the window that are still to come.
    public var remaining: Int64 { window.upperBound - max(position, window.lowerBound) }

    let member: Member
    let file: ArchiveFile
    let buffers: MemberBuffers
    /// Whether all of the member is read, so that its CRC can be checked.
    let isWhole: Bool
    /// Position in the member's data of the next byte to be made.
    var position: Int64 = 0
    /// Position in the file of the next byte that is not in the input buffer.
    var filePosition: Int64
    /// Where the member's data end in the file.
    let fileEnd: Int64
    /// The bytes of the input buffer that are not used up.
    var buffered: Range<Int>
    var checksum: UInt32 = 0
    var streamEnded = false
    private var failure: MemberError?
    private let generation: Int

    /// Reads and checks the member's local header, and with the same read the data of a small member.
    ///
    /// All that can be checked without the data is checked here, an empty member wholly.
    ///
    /// - Parameters:
    ///   - member: A member of the archive's index; a symbolic link's data are the target's path.
    ///   - file: The archive.
    ///   - buffers: Buffers of the thread, not to be used otherwise until this reader is done with.
    ///   - window: The bytes to deliver; `nil` for all. What lies outside of the member is left out.
    /// - Throws: ``MemberError`` when the member cannot be read.
    public init(
        _ member: Member,
        in file: ArchiveFile,
        buffers: MemberBuffers,
        window: Range<Int64>? = nil
    ) throws(MemberError) {
        try Self.checkReadable(member)
        let header = try LocalHeader(of: member, in: file, into: buffers.input.bytes)
        self.member = member
        self.file = file
        self.buffers = buffers
        let all = 0..<member.uncompressedSize
        self.window = window?.clamped(to: all) ?? all
        isWhole = self.window == all
        buffered = header.buffered
        filePosition = header.data.lowerBound + Int64(header.buffered.count)
        fileEnd = header.data.upperBound
        buffers.generation &+= 1
        generation = buffers.generation
        if member.method == 8 {
            buffers.inflater.reset()
        } else {
            seek(to: self.window.lowerBound, dataStart: header.data.lowerBound)
        }
        if isWhole, member.uncompressedSize == 0 { try finish() }
    }

    /// Fills a buffer with the next bytes of the window.
    ///
    /// - Parameter buffer: Where the data go; larger is better, 64 KiB are enough.
    /// - Returns: The number of bytes: the buffer's size unless the window ends before, 0 at the end.
    /// - Throws: ``MemberError`` when the data are damaged; what the buffer holds then must not be used. A reader that
    ///   has thrown throws the same again.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(MemberError) -> Int {
        assert(generation == buffers.generation, "the buffers were lent to another reader")
        if let failure { throw failure }
        do throws(MemberError) {
            return try fill(buffer)
        } catch {
            failure = error
            throw error
        }
    }

    /// Where a member's data are in the archive, exactly as they are stored, after a check of its local header.
    ///
    /// A deflated member's are a raw deflate stream (RFC 1951), which a gzip header and trailer (RFC 1952) make a body for
    /// a client that accepts gzip. They are not checked.
    ///
    /// - Parameters:
    ///   - member: A member of the archive's index.
    ///   - file: The archive.
    ///   - buffers: Buffers of the thread that no reader uses now.
    /// - Returns: The range of bytes in the file.
    /// - Throws: ``MemberError`` when the member cannot be read.
    public static func dataExtent(
        of member: Member,
        in file: ArchiveFile,
        buffers: MemberBuffers
    ) throws(MemberError) -> Range<Int64> {
        try checkReadable(member)
        buffers.generation &+= 1
        let input = buffers.input.part(0, LocalHeader.fixedLength)
        return try LocalHeader(of: member, in: file, into: input).data
    }

    /// What the index alone tells: whether the data can be read, and whether the sizes are possible.
    ///
    /// Deflate makes at most 258 bytes of two bits, so 1,032 of a byte (RFC 1951, 3.2.5).
    private static func checkReadable(_ member: Member) throws(MemberError) {
        if member.flags.contains(.encrypted) { throw .encrypted }
        switch member.method {
        case 0:
            guard member.compressedSize == member.uncompressedSize else { throw .corrupt(.size) }
        case 8:
            guard member.uncompressedSize / 1032 <= member.compressedSize else { throw .corrupt(.size) }
        default:
            throw .unsupportedMethod(member.method)
        }
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(MemberError) -> Int {
        guard remaining > 0, buffer.count > 0 else { return 0 }
        if member.method == 8 {
            try discard(using: buffer)
        }
        let count = Int(min(Int64(buffer.count), remaining))
        let output = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        if member.method == 8 { try inflate(into: output) } else { try copy(into: output) }
        if isWhole {
            checksum = Checksum.crc32(UnsafeRawBufferPointer(output), continuing: checksum)
            if remaining == 0 { try finish() }
        }
        return count
    }

    /// The checks behind the last byte.
    private mutating func finish() throws(MemberError) {
        if member.method == 8 { try endStream() }
        guard checksum == member.crc32 else { throw .corrupt(.checksum) }
    }
}
