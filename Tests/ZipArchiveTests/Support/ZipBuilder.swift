/// Writes zip archives, sound ones by default, and any malformation on request.
struct ZipBuilder {
    struct Member {
        var name: [UInt8]
        var data: [UInt8] = []
        var method: UInt16 = 0
        var flags: UInt16 = 0
        var host: UInt8 = 3
        var attributes: UInt32 = 0o100644 << 16
        var extra: [UInt8] = []
        var localExtra: [UInt8] = []
        var comment: [UInt8] = []
        var disk: UInt16 = 0
        /// Sizes and offset in extra field 0x0001.
        var isZip64 = false
        /// Sizes and CRC behind the data instead of in the local header.
        var hasDescriptor = false
        /// Bytes between this member and the one before.
        var gap = 0

        // What the directory tells instead of the truth.
        var storedData: [UInt8]?
        var crc: UInt32?
        var compressedSize: UInt64?
        var uncompressedSize: UInt64?
        var offset: UInt64?

        init(_ name: String, _ text: String = "", method: UInt16 = 0) {
            self.init(Array(name.utf8), Array(text.utf8), method: method)
        }

        init(_ name: [UInt8], _ data: [UInt8] = [], method: UInt16 = 0) {
            self.name = name
            self.data = data
            self.method = method
        }
    }

    var members: [Member]
    var prefix: [UInt8] = []
    /// Whether the offsets count the prefix, as `zip -A` makes them.
    var offsetsCountPrefix = false
    var comment: [UInt8] = []
    var trailer: [UInt8] = []
    var isZip64 = false
    var behindDirectory: [UInt8] = []
    var end = End()

    /// What the end record tells instead of the truth.
    struct End {
        var disk: UInt16 = 0
        var count: UInt64?
        var size: UInt64?
        var offset: UInt64?
        var commentLength: UInt16?
    }

    init(_ members: [Member] = []) {
        self.members = members
    }

    func build() -> [UInt8] {
        var bytes = prefix
        var directory: [UInt8] = []
        let base = offsetsCountPrefix ? 0 : prefix.count
        for member in members {
            bytes += [UInt8](repeating: 0, count: member.gap)
            let offset = UInt64(bytes.count - base)
            let stored = member.storedData ?? (member.method == 8 ? deflated(member.data) : member.data)
            bytes += local(member, stored)
            directory += record(member, stored, offset)
        }
        let start = bytes.count - base
        bytes += directory + behindDirectory
        let count = end.count ?? UInt64(members.count)
        let size = end.size ?? UInt64(directory.count)
        let offset = end.offset ?? UInt64(start)
        if isZip64 { bytes += zip64End(count, size, offset, at: UInt64(bytes.count - base)) }
        bytes += endRecord(count, size, offset)
        return bytes + trailer
    }

    private func local(_ member: Member, _ stored: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        let crc = crc32(of: member.data)
        bytes.put(0x0403_4b50 as UInt32)
        bytes.put(20 as UInt16)
        bytes.put(member.flags | (member.hasDescriptor ? 8 : 0))
        bytes.put(member.method)
        bytes.put(0x6000 as UInt16)
        bytes.put(0x5A21 as UInt16)
        bytes.put(member.hasDescriptor ? 0 : crc)
        bytes.put(member.hasDescriptor ? 0 : UInt32(stored.count))
        bytes.put(member.hasDescriptor ? 0 : UInt32(member.data.count))
        bytes.put(UInt16(member.name.count))
        bytes.put(UInt16(member.localExtra.count))
        bytes += member.name + member.localExtra + stored
        if member.hasDescriptor {
            bytes.put(0x0807_4b50 as UInt32)
            bytes.put(crc)
            bytes.put(UInt32(stored.count))
            bytes.put(UInt32(member.data.count))
        }
        return bytes
    }

    private func record(_ member: Member, _ stored: [UInt8], _ offset: UInt64) -> [UInt8] {
        let offset = member.offset ?? offset
        let compressed = member.compressedSize ?? UInt64(stored.count)
        let uncompressed = member.uncompressedSize ?? UInt64(member.data.count)
        var extra = member.extra
        if member.isZip64 {
            extra.put(1 as UInt16)
            extra.put(24 as UInt16)
            for value in [uncompressed, compressed, offset] { extra.put(value) }
        }
        var bytes: [UInt8] = []
        bytes.put(0x0201_4b50 as UInt32)
        bytes += [45, member.host]
        bytes.put(20 as UInt16)
        bytes.put(member.flags | (member.hasDescriptor ? 8 : 0))
        bytes.put(member.method)
        bytes.put(0x6000 as UInt16)
        bytes.put(0x5A21 as UInt16)
        bytes.put(member.crc ?? crc32(of: member.data))
        bytes.put(member.isZip64 ? UInt32.max : UInt32(truncatingIfNeeded: compressed))
        bytes.put(member.isZip64 ? UInt32.max : UInt32(truncatingIfNeeded: uncompressed))
        bytes.put(UInt16(member.name.count))
        bytes.put(UInt16(extra.count))
        bytes.put(UInt16(member.comment.count))
        bytes.put(member.disk)
        bytes.put(0 as UInt16)
        bytes.put(member.attributes)
        bytes.put(member.isZip64 ? UInt32.max : UInt32(truncatingIfNeeded: offset))
        return bytes + member.name + extra + member.comment
    }

    private func zip64End(_ count: UInt64, _ size: UInt64, _ offset: UInt64, at position: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(0x0606_4b50 as UInt32)
        bytes.put(44 as UInt64)
        bytes.put(45 as UInt16)
        bytes.put(45 as UInt16)
        bytes.put(UInt32(end.disk))
        bytes.put(UInt32(end.disk))
        for value in [count, count, size, offset] { bytes.put(value) }
        bytes.put(0x0706_4b50 as UInt32)
        bytes.put(0 as UInt32)
        bytes.put(position)
        bytes.put(1 as UInt32)
        return bytes
    }

    private func endRecord(_ count: UInt64, _ size: UInt64, _ offset: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(0x0605_4b50 as UInt32)
        bytes.put(end.disk)
        bytes.put(end.disk)
        bytes.put(isZip64 ? UInt16.max : UInt16(truncatingIfNeeded: count))
        bytes.put(isZip64 ? UInt16.max : UInt16(truncatingIfNeeded: count))
        bytes.put(isZip64 ? UInt32.max : UInt32(truncatingIfNeeded: size))
        bytes.put(isZip64 ? UInt32.max : UInt32(truncatingIfNeeded: offset))
        bytes.put(end.commentLength ?? UInt16(comment.count))
        return bytes + comment
    }
}

extension [UInt8] {
    /// Appends a number in little-endian order.
    mutating func put(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// An extra field.
    static func extraField(_ id: UInt16, _ data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put(id)
        bytes.put(UInt16(data.count))
        return bytes + data
    }

    /// A Unicode path field (APPNOTE 4.6.9) for a stored name.
    static func unicodePath(_ path: String, for raw: [UInt8], version: UInt8 = 1) -> [UInt8] {
        var bytes: [UInt8] = [version]
        bytes.put(crc32(of: raw))
        return extraField(0x7075, bytes + Array(path.utf8))
    }
}
