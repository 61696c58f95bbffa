internal import HTTPSemantics
internal import Observability

/// The frame of a `multipart/byteranges` body (RFC 9110 §14.6).
struct MultipartRanges {
    let ranges: [ByteRange]
    let size: Int64
    /// Content type of every part.
    let partType: String
    /// Bytes of the whole body.
    private(set) var length: Int64 = 0
    private let boundary = RequestID.generate().description

    init(ranges: [ByteRange], size: Int64, contentType: String) {
        self.ranges = ranges
        self.size = size
        partType = contentType
        length = ranges.reduce(Int64(end.count)) { $0 + Int64(head(of: $1).count) + $1.count }
    }

    var contentType: String { "multipart/byteranges; boundary=\(boundary)" }

    /// The bytes before a part.
    func head(of range: ByteRange) -> [UInt8] {
        let fields = "Content-Type: \(partType)\r\nContent-Range: \(range.contentRange(size: size))\r\n"
        return Array("\r\n--\(boundary)\r\n\(fields)\r\n".utf8)
    }

    /// The bytes after the last part.
    var end: [UInt8] { Array("\r\n--\(boundary)--\r\n".utf8) }
}
