internal import FastCGI
internal import ZipArchive

/// A deflated member as a gzip file (RFC 1952): its stored bytes between a header and a trailer.
///
/// They are neither inflated nor checked. The client finds what is wrong by the CRC-32 in the trailer.
struct GzipSource: BodySource {
    /// Magic, deflate, no flags, no time, no extra flags, unknown system: the same bytes for the same member, as the
    /// entity tag promises.
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    private static let trailerSize = 8

    let data: MemberData

    /// Bytes of the whole; no overflow, as the extent lies in a file.
    var size: Int64 { Int64(Self.header.count + data.extent.count + Self.trailerSize) }

    /// CRC-32 and the size modulo 2³², in little-endian order (RFC 1952, 2.3.1).
    private var trailer: [UInt8] {
        let size = UInt32(truncatingIfNeeded: data.member.uncompressedSize)
        return [data.member.crc32, size].flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
    }

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        do {
            try exchange.send(Self.header)
            try exchange.sendFile(
                data.file.descriptor,
                offset: data.extent.lowerBound,
                count: Int64(data.extent.count)
            )
            try exchange.send(trailer)
        } catch {
            throw .exchange(error)
        }
    }
}
