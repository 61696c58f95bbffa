/// The records of a central directory and the paths of those that are indexed.
struct MemberTable {
    /// In the order of the directory; implied directories are appended later.
    var entries: [DraftEntry] = []
    /// The paths in UTF-8 without separators, in the order of `entries`.
    private(set) var names: [UInt8] = []
    /// The numbers of the entries that have a valid path.
    private(set) var indexed: [UInt32] = []
    /// The number of records; entries beyond it are implied directories.
    private(set) var recordCount = 0

    /// Reads all records and checks that their data do not leave the archive.
    init(_ directory: CentralDirectory, key: (UInt64, UInt64)) throws(ZipError) {
        reserve(directory)
        var scanner = DirectoryScanner(directory)
        while let record = try scanner.next() {
            var entry = DraftEntry(record)
            guard let end = entry.extentEnd, end <= UInt64(directory.offset),
                entry.uncompressedSize <= UInt64(Int64.max)
            else {
                throw .memberOutOfBounds(record: record.ordinal + 1)
            }
            let isIndexed = appendName(of: record, to: &entry)
            // A byte of CP437 becomes up to three of UTF-8.
            guard Int64(names.count) <= directory.limits.directoryBytes else {
                throw .directoryTooLarge(limit: directory.limits.directoryBytes)
            }
            if isIndexed {
                entry.hash = hash(of: entry, key: key)
                indexed.append(UInt32(record.ordinal))
            }
            entries.append(entry)
        }
        recordCount = entries.count
    }

    /// The path of an entry, valid during the call.
    func withPath<Result>(of entry: DraftEntry, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        names.withUnsafeBytes { body($0.part(Int(entry.nameOffset), Int(entry.nameLength))) }
    }

    /// Appends the path of a record unless it is not one; tells whether it is.
    private mutating func appendName(of record: CentralRecord, to entry: inout DraftEntry) -> Bool {
        let start = names.count
        MemberName.appendUTF8(raw: record.rawName, extra: record.extra, to: &names)
        if names.count > start, names[names.count - 1] == 0x2F {
            names.removeLast()
            entry.becomeDirectory()
        }
        let isValid = names.withUnsafeBytes { MemberName.isValidPath($0.part(start, $0.count - start)) }
        guard isValid else {
            names.removeLast(names.count - start)
            return false
        }
        if entry.kind == .directory { names.append(0x2F) }
        entry.nameOffset = UInt64(start)
        entry.nameLength = UInt32(names.count - start)
        return true
    }

    private func hash(of entry: DraftEntry, key: (UInt64, UInt64)) -> UInt64 {
        var hash = SipHash(key: key)
        withPath(of: entry) { hash.update($0) }
        return hash.finalized()
    }

    /// The directory's length bounds the names; what stays unused is never touched, so it costs no memory.
    private mutating func reserve(_ directory: CentralDirectory) {
        let count = directory.announcedMemberCount
        entries.reserveCapacity(count)
        indexed.reserveCapacity(count)
        names.reserveCapacity(max(0, Int(directory.size) - count * CentralRecord.fixedLength))
    }
}
