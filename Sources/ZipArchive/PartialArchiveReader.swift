/// Makes the bytes of a partial archive, from any position on, in constant memory.
///
/// A position is reached by way of the checkpoint before it, so a range at the end costs no more than one at the
/// beginning.
public struct PartialArchiveReader {
    /// Some of the bytes.
    public enum Piece {
        /// Bytes in memory, valid until the next call of the reader.
        case bytes(UnsafeRawBufferPointer)
        /// Bytes of the archive's file.
        case file(offset: Int64, count: Int64)
    }

    /// Data up to this length are gathered in memory: one write for many small members.
    private static let smallData = 32 << 10
    /// What has been gathered is handed out when it is so much.
    private static let enough = 32 << 10

    /// What is made next.
    private enum Part {
        case members
        case directory
        case end
        case nothing
    }

    private let archive: PartialArchive
    private var cursor: PartialArchiveCursor
    private var data: PartialArchiveWindow
    private var part: Part
    /// The next byte to hand out.
    private var position: Int64
    private let upperBound: Int64
    /// Where what has been made so far ends.
    private var made: Int64
    private var output: PartialArchiveOutput
    private var outputStart: Int64 = 0
    /// Large data behind the output: where they are in the file, and where in the partial archive.
    private var large: (offset: Int64, range: Range<Int64>)?
    /// Whether the cursor still stands at the member of large data: a descriptor may follow them.
    private var hasOpenMember = false

    /// Finds the place where to begin.
    ///
    /// - Parameters:
    ///   - archive: The partial archive.
    ///   - window: The bytes to make; what lies outside of the archive is left out.
    /// - Throws: ``MemberError`` when the archive's directory cannot be read.
    public init(_ archive: PartialArchive, window: Range<Int64>) throws(MemberError) {
        let window = window.clamped(to: 0..<archive.size)
        self.archive = archive
        position = window.lowerBound
        upperBound = window.upperBound
        cursor = PartialArchiveCursor(archive.layout, at: archive.checkpoint(before: window.lowerBound))
        data = PartialArchiveWindow(of: archive.layout.file, upTo: archive.layout.dataLimit, capacity: 64 << 10)
        output = PartialArchiveOutput(capacity: Self.enough + Self.smallData + PartialArchiveRecord.maximumLength + 64)
        if position < archive.localSize {
            part = .members
        } else {
            part = position < archive.directoryEnd ? .directory : .end
        }
        made = 0
        try skip()
    }

    /// Makes the next bytes.
    ///
    /// - Returns: The bytes, or `nil` behind the last.
    /// - Throws: ``MemberError`` when a member's local header is damaged, or a file cannot be read.
    public mutating func next() throws(MemberError) -> Piece? {
        while position < upperBound {
            if let piece = gathered() { return piece }
            if let piece = largeData() { return piece }
            output.removeAll()
            outputStart = made
            large = nil
            try make()
        }
        return nil
    }

    /// Goes past the members that lie before the position.
    private mutating func skip() throws(MemberError) {
        switch part {
        case .members:
            made = cursor.localOffset
            while let record = try cursor.record(), let length = record.localLength, length <= position - made {
                try cursor.advance(past: record)
                made = cursor.localOffset
            }
        case .directory:
            made = archive.localSize + cursor.directoryOffset
            while let record = try cursor.record() {
                let end = made + Int64(record.directoryLength(at: cursor.localOffset))
                guard end <= position else { return }
                try cursor.advance(past: record)
                made = end
            }
        case .end, .nothing:
            made = archive.directoryEnd
        }
    }

    private mutating func gathered() -> Piece? {
        let wanted = (position..<upperBound).clamped(to: outputStart..<outputStart + Int64(output.count))
        guard !wanted.isEmpty else { return nil }
        position = wanted.upperBound
        return .bytes(output.bytes(Int(wanted.lowerBound - outputStart)..<Int(wanted.upperBound - outputStart)))
    }

    private mutating func largeData() -> Piece? {
        guard let large else { return nil }
        let wanted = (position..<upperBound).clamped(to: large.range)
        guard !wanted.isEmpty else { return nil }
        position = wanted.upperBound
        return .file(offset: large.offset + wanted.lowerBound - large.range.lowerBound, count: Int64(wanted.count))
    }

    private mutating func make() throws(MemberError) {
        switch part {
        case .members: try makeMembers()
        case .directory: try makeDirectory()
        case .end:
            archive.end.withUnsafeBytes { output.append($0) }
            made += Int64(archive.end.count)
            part = .nothing
        // The directory has changed since it was measured.
        case .nothing: throw .corrupt(.record)
        }
    }

    private mutating func makeMembers() throws(MemberError) {
        if hasOpenMember, let record = try cursor.record() { try finish(record) }
        while output.count < Self.enough, large == nil {
            guard let record = try cursor.record() else {
                guard made == archive.localSize else { throw .corrupt(.record) }
                cursor.rewind()
                part = .directory
                return
            }
            try begin(record)
            if large == nil { try finish(record) }
        }
    }

    private mutating func begin(_ record: PartialArchiveRecord) throws(MemberError) {
        let extent = try data.extent(of: record)
        record.writeHeader(to: &output)
        made += Int64(record.headerLength)
        if extent.count > Self.smallData {
            large = (extent.lowerBound, made..<made + Int64(extent.count))
            hasOpenMember = true
        } else {
            output.append(try data.bytes(at: extent.lowerBound, extent.count))
        }
        made += Int64(extent.count)
    }

    private mutating func finish(_ record: PartialArchiveRecord) throws(MemberError) {
        record.writeDescriptor(to: &output)
        made += Int64(record.descriptorLength)
        try cursor.advance(past: record)
        hasOpenMember = false
    }

    private mutating func makeDirectory() throws(MemberError) {
        while output.count < Self.enough {
            guard let record = try cursor.record() else {
                guard made == archive.directoryEnd else { throw .corrupt(.record) }
                part = .end
                return
            }
            record.writeDirectoryRecord(at: cursor.localOffset, to: &output)
            made += Int64(record.directoryLength(at: cursor.localOffset))
            try cursor.advance(past: record)
        }
    }
}
