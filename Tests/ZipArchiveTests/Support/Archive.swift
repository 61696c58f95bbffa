import Glibc
import Testing

@testable import ZipArchive

/// An archive with its index, both in files.
final class Archive {
    let temporary: TemporaryFile
    let indexFile: TemporaryFile
    let file: ArchiveFile
    let index: MemberIndex
    let buffers: MemberBuffers

    convenience init(_ builder: ZipBuilder, limits: ZipLimits = ZipLimits()) throws {
        try self.init(builder.build(), limits: limits)
    }

    convenience init(_ bytes: [UInt8], limits: ZipLimits = ZipLimits()) throws {
        try self.init(TemporaryFile(bytes), limits: limits)
    }

    init(_ temporary: TemporaryFile, limits: ZipLimits = ZipLimits()) throws {
        self.temporary = temporary
        file = ArchiveFile(descriptor: temporary.descriptor, closing: false)
        indexFile = try TemporaryFile()
        let builder = try MemberIndexBuilder(CentralDirectory(of: file, limits: limits), digest: Self.digest)
        try builder.write(to: indexFile.descriptor)
        index = try MemberIndex(descriptor: indexFile.descriptor)
        buffers = try #require(MemberBuffers())
    }

    static let digest = (0..<32).map { UInt8($0 * 7 + 1) }

    /// The paths of all entries, in the order of the index.
    func paths() throws -> [String] {
        try (0..<index.entryCount).map { String(decoding: try index.path(of: index.entry(at: $0)), as: UTF8.self) }
    }

    func member(_ path: String) throws -> Member? {
        try Array(path.utf8).withUnsafeBytes { bytes in try index.lookup(bytes) }
    }

    func directory(_ path: String) throws -> MemberDirectory? {
        try Array(path.utf8).withUnsafeBytes { bytes in try index.directory(at: bytes) }
    }

    func read(_ path: String, bufferSize: Int = 65_536, window: Range<Int64>? = nil) throws -> [UInt8] {
        let member = try #require(try member(path), "no member \(path)")
        return try read(member, bufferSize: bufferSize, window: window)
    }

    func read(_ member: Member, bufferSize: Int = 65_536, window: Range<Int64>? = nil) throws -> [UInt8] {
        var reader = try MemberReader(member, in: file, buffers: buffers, window: window)
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: bufferSize)
        while true {
            let count = try buffer.withUnsafeMutableBytes { bytes in try reader.read(into: bytes) }
            if count == 0 { return output }
            output += buffer[..<count]
        }
    }

    func text(_ path: String) throws -> String {
        String(decoding: try read(path), as: UTF8.self)
    }
}

/// What reading an archive at intake refuses with.
func refusal(of bytes: [UInt8], limits: ZipLimits = ZipLimits()) -> ZipError? {
    do {
        _ = try Archive(bytes, limits: limits)
        return nil
    } catch {
        return error as? ZipError
    }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct FixedRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
