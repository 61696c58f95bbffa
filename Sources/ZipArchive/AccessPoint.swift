/// A place in a deflate stream where inflating can begin, as in zlib's example `zran.c`.
///
/// It is the end of a deflate block. Inflating needs from before it the last 32 KiB of output, the window, which later
/// matches may refer to, and the bits of the last byte that belong to what follows.
struct AccessPoint: Equatable, Sendable {
    /// Deflate's largest distance (RFC 1951, 3.2.5): what a window holds.
    static let windowSize = 32 << 10

    /// Position in the member's data of the first byte that inflating from here makes.
    let output: Int64
    /// Position in the compressed data of the first byte of which nothing has been used.
    let input: Int64
    /// How many of the high bits of the byte before `input` are still to be used, 0 to 7.
    let bits: Int
    /// Where the window is in its file.
    var window: PackedWindow

    /// Output between two access points, as a binary logarithm: 4 MiB, more only where that would make too many points,
    /// from 64 GiB on.
    static func spacingShift(of size: Int64) -> Int {
        var shift = 22
        while size >> shift > maximumCount { shift += 1 }
        return shift
    }

    /// Points of one member, at most.
    static let maximumCount: Int64 = 1 << 14

    /// The slot that the point fills: there is one point at most between two multiples of the spacing.
    func slot(_ spacingShift: Int) -> Int64 { output >> spacingShift }
}

/// Where a window is in a file, and what is there.
struct PackedWindow: Equatable, Sendable {
    /// Position of the first byte.
    var offset: Int64
    /// Bytes there: deflated, unless they are as many as the window itself.
    let length: Int
    /// CRC-32 of them.
    let checksum: UInt32
}

extension Member {
    /// The size above which access points are kept: inflating less takes milliseconds.
    public static let accessPointThreshold: Int64 = 16 << 20

    /// Whether access points of this member are worth keeping in a file.
    public var deservesAccessPoints: Bool { method == 8 && uncompressedSize > Self.accessPointThreshold }
}
