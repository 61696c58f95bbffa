/// A member whose local header was read and checked: where its data are in the archive.
///
/// The header is read once a request, whatever is then sent of the member.
public struct MemberData {
    /// The member.
    public let member: Member

    /// The archive.
    public let file: ArchiveFile

    /// The range of bytes in the file that the data are, exactly as they are stored.
    ///
    /// A deflated member's are a raw deflate stream (RFC 1951), which a gzip header and trailer (RFC 1952) make a body for
    /// a client that accepts gzip. They are not checked.
    public let extent: Range<Int64>

    /// The first of those bytes, as far as they were read with the header.
    let buffered: Range<Int>
    /// Whose turn it was to use the buffers: in a later one they hold something else.
    let generation: Int

    /// Reads a member's local header, and makes all checks that need no more than it.
    ///
    /// - Parameters:
    ///   - member: A member of the archive's index; a symbolic link's data are the target's path.
    ///   - file: The archive.
    ///   - buffers: Buffers of the thread that no reader uses now.
    ///   - prefetching: Whether to read the first data with the header, for a reader that begins there next.
    /// - Throws: ``MemberError`` when the member cannot be read.
    public init(
        _ member: Member,
        in file: ArchiveFile,
        buffers: MemberBuffers,
        prefetching: Bool
    ) throws(MemberError) {
        try Self.checkReadable(member)
        buffers.generation &+= 1
        let size = prefetching ? MemberBuffers.inputSize : LocalHeader.fixedLength
        let header = try LocalHeader(of: member, in: file, into: buffers.input.part(0, size))
        self.member = member
        self.file = file
        extent = header.data
        buffered = header.buffered
        generation = buffers.generation
    }

    /// What the index alone tells: whether the data can be read, and whether the sizes are possible.
    ///
    /// Deflate makes at most 258 bytes of two bits, so 1,032 of a byte (RFC 1951, 3.2.5), and needs ten bits for nothing.
    private static func checkReadable(_ member: Member) throws(MemberError) {
        if member.flags.contains(.encrypted) { throw .encrypted }
        switch member.method {
        case 0:
            guard member.compressedSize == member.uncompressedSize else { throw .corrupt(.size) }
        case 8:
            guard member.compressedSize > 1, member.uncompressedSize / 1032 <= member.compressedSize else {
                throw .corrupt(.size)
            }
        default:
            throw .unsupportedMethod(member.method)
        }
    }
}
