@testable import ZipArchive

/// Writes small zip archives, sound or not.
struct ZipFile {
    struct Member {
        var name: String
        var data: [UInt8]
        var isDeflated = false
        var method: UInt16?
        var flags: UInt16 = 0
        var mode: UInt32 = 0o100644
        /// What the directory tells instead of the truth.
        var crc: UInt32?
        var uncompressedSize: UInt64?
        var hasLocalHeader = true

        init(_ name: String, _ text: String = "") { self.init(name, Array(text.utf8)) }

        init(_ name: String, _ data: [UInt8]) {
            self.name = name
            self.data = data
        }

        /// Changes some properties.
        func with(_ change: (inout Member) -> Void) -> Member {
            var copy = self
            change(&copy)
            return copy
        }
    }

    static func bytes(_ members: [Member]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let content = member.isDeflated ? deflated(member.data) : member.data
            let offset = UInt32(file.count)
            file.put(member.hasLocalHeader ? 0x0403_4b50 : 0 as UInt32)
            file.put(20 as UInt16)
            file += common(member, content) + Array(member.name.utf8) + content
            let extra = zip64(member)
            directory.put(0x0201_4b50 as UInt32)
            directory += [45, 3, 20, 0]
            directory += common(member, content, declared: member.uncompressedSize, extra: extra.count)
            for _ in 0..<4 { directory.put(0 as UInt16) }
            directory.put(UInt16(member.mode & 0xFFFF))
            directory.put(offset)
            directory += Array(member.name.utf8) + extra
        }
        let start = UInt32(file.count)
        file += directory
        file.put(0x0605_4b50 as UInt32)
        file.put(0 as UInt32)
        for _ in 0..<2 { file.put(UInt16(members.count)) }
        file.put(UInt32(directory.count))
        file.put(start)
        file.put(0 as UInt16)
        return file
    }

    /// The fields that local header and record share: flags to length of the extra field.
    private static func common(
        _ member: Member,
        _ content: [UInt8],
        declared: UInt64? = nil,
        extra: Int = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(member.flags)
        bytes.put(member.method ?? (member.isDeflated ? 8 : 0))
        bytes.put(0x6000 as UInt16)
        bytes.put(0x5A21 as UInt16)
        bytes.put(member.crc ?? member.data.withUnsafeBytes { Checksum.crc32($0) })
        bytes.put(UInt32(content.count))
        bytes.put(declared == nil ? UInt32(member.data.count) : .max)
        bytes.put(UInt16(member.name.utf8.count))
        bytes.put(UInt16(extra))
        return bytes
    }

    /// The field that holds a size beyond 32 bits (APPNOTE 4.5.3).
    private static func zip64(_ member: Member) -> [UInt8] {
        guard let size = member.uncompressedSize else { return [] }
        var bytes: [UInt8] = []
        bytes.put(1 as UInt16)
        bytes.put(8 as UInt16)
        bytes.put(size)
        return bytes
    }

    /// A deflate stream of stored blocks (RFC 1951, 3.2.4).
    private static func deflated(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        var rest = data[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            stream.append(rest.isEmpty ? 1 : 0)
            stream.put(UInt16(block.count))
            stream.put(~UInt16(block.count))
            stream += block
        } while !rest.isEmpty
        return stream
    }
}

extension [UInt8] {
    /// Appends a number in little-endian order.
    fileprivate mutating func put(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
