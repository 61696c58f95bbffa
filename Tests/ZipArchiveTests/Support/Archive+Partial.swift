import Testing

@testable import ZipArchive

extension Archive {
    func partial(_ paths: [String]) throws -> PartialArchive {
        try PartialArchive(of: paths.map { try #require(MemberPath($0.utf8)) }, in: index, file: file)
    }

    /// The bytes of a partial archive, or of a window of it.
    func bytes(of partial: PartialArchive, _ window: Range<Int64>? = nil) throws -> [UInt8] {
        var reader = try PartialArchiveReader(partial, window: window ?? 0..<partial.size)
        var output: [UInt8] = []
        while let piece = try reader.next() {
            switch piece {
            case .bytes(let bytes): output += bytes
            case .file(let offset, let count):
                var data = [UInt8](repeating: 0, count: Int(count))
                let read = try data.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
                output += data[..<read]
            }
        }
        return output
    }

    /// The records of the directory, in its order, with what their members' data are.
    func records() throws -> [PartialRecord] {
        var scanner = DirectoryScanner(try CentralDirectory(of: file))
        var records: [PartialRecord] = []
        while let record = try scanner.next() {
            var window = PartialArchiveWindow(of: file, upTo: index.directoryOffset, capacity: 1 << 20)
            let bytes = try scanner.bytes(of: record, in: file)
            let extent = try bytes.withUnsafeBytes { bytes in
                try window.extent(of: PartialArchiveRecord(bytes, at: record.position, prefix: index.prefix))
            }
            records.append(PartialRecord(record, data: Array(try window.bytes(at: extent.lowerBound, extent.count))))
        }
        return records
    }
}

extension DirectoryScanner {
    fileprivate func bytes(of record: CentralRecord, in file: ArchiveFile) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: record.length)
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: record.position) }
        return bytes
    }
}

/// What a partial archive keeps of a member.
struct PartialRecord: Equatable, CustomStringConvertible {
    var name: [UInt8]
    var method: UInt16
    var time: UInt16
    var date: UInt16
    var crc: UInt32
    var size: UInt64
    var host: UInt8
    var attributes: UInt32
    /// Without zip64's field.
    var extra: [UInt8] = []
    /// The flags, save the one of a descriptor.
    var flags: UInt16
    var data: [UInt8]

    init(_ record: CentralRecord, data: [UInt8]) {
        name = Array(record.rawName)
        method = record.method
        time = record.time
        date = record.date
        crc = record.crc32
        size = record.uncompressedSize
        host = record.host
        attributes = record.externalAttributes
        flags = record.flags & ~8
        self.data = data
        var kept: [UInt8] = []
        PartialArchiveExtra(record.extra).forEachKept { kept += $0 }
        extra = kept
    }

    var description: String { "\(String(decoding: name, as: UTF8.self)) of \(data.count) bytes" }
}
