/// Streams the data of one member, or ranges of them, in constant memory.
///
/// The last block is held back until the deflate stream has ended at the declared size and the CRC-32 is right, so a
/// member that fits one buffer is checked before a byte of it is sent. Ranges are not checked against the CRC.
public struct MemberReader {
    /// The bytes of the member that are delivered.
    public internal(set) var window: Range<Int64>

    /// The bytes of the window that are still to come.
    public var remaining: Int64 { window.upperBound - max(position, window.lowerBound) }

    /// The bytes before the window that are still to be inflated.
    public var skipping: Int64 { max(0, window.lowerBound - position) }

    let data: MemberData
    let buffers: MemberBuffers
    let points: MemberPoints?
    /// Whether all of the member is read, so that its CRC can be checked.
    var isWhole: Bool
    /// Position in the member's data of the next byte to be made.
    var position: Int64 = 0
    /// Position in the file of the next byte that is not in the input buffer.
    var filePosition: Int64
    /// The bytes of the input buffer that are not used up.
    var buffered: Range<Int>
    var checksum: UInt32 = 0
    var streamEnded = false
    private var failure: MemberError?
    private let generation: Int

    var member: Member { data.member }

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
        try self.init(
            MemberData(member, in: file, buffers: buffers, prefetching: true),
            buffers: buffers,
            window: window
        )
    }

    /// Begins to read a member whose local header was read before.
    ///
    /// - Parameters:
    ///   - data: The member.
    ///   - buffers: Buffers of the thread, not to be used otherwise until this reader is done with.
    ///   - window: The bytes to deliver; `nil` for all. What lies outside of the member is left out.
    ///   - points: The member's access points, to begin near the window, and to gather more of them on the way.
    /// - Throws: ``MemberError`` when the member is empty and damaged.
    public init(
        _ data: MemberData,
        buffers: MemberBuffers,
        window: Range<Int64>? = nil,
        points: MemberPoints? = nil
    ) throws(MemberError) {
        self.data = data
        self.buffers = buffers
        self.points = points
        let all = 0..<data.member.uncompressedSize
        self.window = window?.clamped(to: all) ?? all
        isWhole = self.window == all
        buffered = data.generation == buffers.generation ? data.buffered : 0..<0
        filePosition = data.extent.lowerBound + Int64(buffered.count)
        buffers.generation &+= 1
        generation = buffers.generation
        if member.method == 8 {
            buffers.inflater.reset(gathering: gathers(from: 0))
            approach()
        } else {
            seek(to: self.window.lowerBound)
        }
        if isWhole, member.uncompressedSize == 0 { try finish() }
    }

    /// Goes on with another window of the same member, which inflates from where that costs least.
    ///
    /// - Parameter window: The bytes to deliver. What lies outside of the member is left out.
    /// - Throws: ``MemberError`` when the data have turned out to be damaged.
    public mutating func move(to window: Range<Int64>) throws(MemberError) {
        assert(generation == buffers.generation, "the buffers were lent to another reader")
        if let failure { throw failure }
        self.window = window.clamped(to: 0..<member.uncompressedSize)
        isWhole = false
        if member.method == 8 { approach() } else { seek(to: self.window.lowerBound) }
    }

    /// Inflates a part of what is before the window, so that a caller can look up in between.
    ///
    /// - Parameters:
    ///   - limit: The largest number of bytes.
    ///   - buffer: Memory that is overwritten.
    /// - Throws: ``MemberError`` when the data are damaged.
    public mutating func skip(_ limit: Int64, using buffer: UnsafeMutableRawBufferPointer) throws(MemberError) {
        let end = min(position + min(limit, skipping), window.lowerBound)
        _ = try guarded { reader throws(MemberError) in
            try reader.discard(upTo: end, using: buffer)
            return 0
        }
    }

    /// Fills a buffer with the next bytes of the window.
    ///
    /// - Parameter buffer: Where the data go; larger is better, 64 KiB are enough.
    /// - Returns: The number of bytes: the buffer's size unless the window ends before, 0 at the end.
    /// - Throws: ``MemberError`` when the data are damaged; what the buffer holds then must not be used. A reader that
    ///   has thrown throws the same again.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(MemberError) -> Int {
        try guarded { reader throws(MemberError) in try reader.fill(buffer) }
    }

    /// Where a member's data are in the archive, exactly as they are stored, after a check of its local header.
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
        try MemberData(member, in: file, buffers: buffers, prefetching: false).extent
    }

    /// Remembers a failure: what follows it would be wrong, and so may be what was gathered before it.
    private mutating func guarded(
        _ body: (inout MemberReader) throws(MemberError) -> Int
    ) throws(MemberError) -> Int {
        assert(generation == buffers.generation, "the buffers were lent to another reader")
        if let failure { throw failure }
        do throws(MemberError) {
            return try body(&self)
        } catch {
            failure = error
            points?.discard()
            throw error
        }
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(MemberError) -> Int {
        guard remaining > 0, buffer.count > 0 else { return 0 }
        if member.method == 8 {
            try discard(upTo: window.lowerBound, using: buffer)
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
