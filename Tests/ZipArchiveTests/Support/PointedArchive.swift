import Testing

@testable import ZipArchive

/// An archive of one deflated member `big`, and a file of its access points.
final class PointedArchive {
    /// 128 KiB, a 32nd of the real spacing: all sizes here are a 32nd of what they would be.
    static let spacingShift = 17

    let data: [UInt8]
    let archive: Archive
    let member: Member
    /// The file of points; nothing was gathered yet while it is nil.
    var pointsFile: TemporaryFile?

    init(_ data: [UInt8], stream: [UInt8]? = nil, crc: UInt32? = nil) throws {
        var member = ZipBuilder.Member(Array("big".utf8), data, method: 8)
        member.storedData = stream
        member.crc = crc
        self.data = data
        archive = try Archive(ZipBuilder([member]))
        self.member = try #require(try archive.member("big"))
    }

    var known: AccessPoints? {
        pointsFile.flatMap {
            AccessPoints(ArchiveFile(descriptor: $0.descriptor, closing: false), digest: Archive.digest)
        }
    }

    /// The points that the file has.
    var points: [AccessPoint] { known?.points(of: member, spacingShift: Self.spacingShift) ?? [] }

    /// A file for what a reader gathers.
    final class Spool {
        var file: TemporaryFile?
    }

    /// The points for one reader.
    func gather(_ spool: Spool, limit: Int64 = .max) -> MemberPoints {
        MemberPoints(of: member, known: known, limit: limit, spacingShift: Self.spacingShift) {
            spool.file = try? TemporaryFile()
            return spool.file?.descriptor
        }
    }

    /// Reads windows one after the other, all of the member by default, and keeps what was gathered.
    @discardableResult
    func read(_ windows: [Range<Int64>]? = nil, bufferSize: Int = 65_536, limit: Int64 = .max) throws -> [[UInt8]] {
        let spool = Spool()
        let points = gather(spool, limit: limit)
        defer {
            if points.isWorthKeeping { try? keep(points) }
        }
        let start = try MemberData(member, in: archive.file, buffers: archive.buffers, prefetching: true)
        var reader = try MemberReader(start, buffers: archive.buffers, window: windows?.first, points: points)
        return try (windows ?? [0..<member.uncompressedSize]).enumerated().map { number, window in
            if number > 0 { try reader.move(to: window) }
            return try Self.drain(&reader, bufferSize)
        }
    }

    /// Adds what was gathered to the file of points; a new one where there is none, or it is none, or is full.
    func keep(_ points: MemberPoints) throws {
        let old = known
        if let old, points.canBeAdded(toFileOf: try old.file.size()) {
            points.write(to: old, keeping: old)
        } else {
            pointsFile = try Self.emptyFile()
            let target = try #require(known)
            points.write(to: target, keeping: old ?? target)
        }
    }

    /// A file that has no points yet.
    static func emptyFile() throws -> TemporaryFile {
        let file = try TemporaryFile()
        try #require(AccessPoints.layOut(file.descriptor, digest: Archive.digest))
        return file
    }

    static func drain(_ reader: inout MemberReader, _ bufferSize: Int) throws -> [UInt8] {
        var output: [UInt8] = []
        var scratch = [UInt8](repeating: 0, count: 65_536)
        while reader.skipping > 0 { try scratch.withUnsafeMutableBytes { try reader.skip(100_000, using: $0) } }
        var buffer = [UInt8](repeating: 0, count: bufferSize)
        while case let count = try buffer.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
            output += buffer[..<count]
        }
        return output
    }

    /// Whether windows, read as one request, are the parts of the data that they name.
    func isRight(_ windows: [Range<Int64>], bufferSize: Int = 65_536) throws -> Bool {
        try zip(windows, read(windows, bufferSize: bufferSize)).allSatisfy { window, bytes in
            isSame(bytes, data[Int(window.lowerBound)..<Int(window.upperBound)])
        }
    }

    /// Whether all of the member, read from its start, is the data.
    func isRight(limit: Int64 = .max) throws -> Bool { try isSame(read(limit: limit)[0], data[...]) }

    /// A window anywhere in the data.
    func window(using random: inout FixedRandom, longest: Int64 = 5000) -> Range<Int64> {
        let start = Int64.random(in: 0..<Int64(data.count), using: &random)
        return start..<min(Int64(data.count), start + Int64.random(in: 1...longest, using: &random))
    }
}

/// Compares by memcmp: what the compiler makes of `==` without optimisation takes long.
func isSame(_ bytes: [UInt8], _ other: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBytes { bytes in other.withUnsafeBytes { bytes.hasBytes(of: $0) } }
}

/// Data that compress to about a third; what repeats in it is farther apart than deflate can see, and never quite equal.
func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = FixedRandom(state: seed)
    var chunk: [UInt8] = []
    while chunk.count < 80_000 { chunk += Array("\(random.next()) \(chunk.count) step finished\n".utf8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + chunk.count)
    while bytes.count < count {
        for _ in 0..<500 { chunk[Int(random.next() % 80_000)] = UInt8(truncatingIfNeeded: random.next()) }
        bytes += chunk
    }
    bytes.removeSubrange(count...)
    return bytes
}
