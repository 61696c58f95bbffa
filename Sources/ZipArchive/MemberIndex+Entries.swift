extension MemberIndex {
    /// The entry with a number.
    ///
    /// - Parameter index: Its number, from 0 to below ``entryCount``, in byte order of the paths.
    /// - Returns: The entry.
    /// - Throws: ``IndexError`` when the index is damaged there, or has no such entry.
    public func entry(at index: Int) throws(IndexError) -> Member {
        guard index >= 0, index < entryCount else { throw .corrupt(block: 0) }
        let record = try record(index, of: .entries)
        guard let member = Member(record, index: index, dataLimit: directoryOffset) else {
            throw .corrupt(block: block(of: index, in: .entries))
        }
        return member
    }

    /// The path of an entry.
    ///
    /// - Parameter member: An entry of this index.
    /// - Returns: Its path in UTF-8; a directory's ends in a slash.
    /// - Throws: ``IndexError`` when the index is damaged there.
    public func path(of member: Member) throws(IndexError) -> [UInt8] {
        var path: [UInt8] = []
        path.reserveCapacity(member.nameLength)
        try forEachPart(of: member) { part in
            path.append(contentsOf: part)
            return true
        }
        return path
    }

    /// The directory that an entry is.
    ///
    /// - Parameter member: An entry of this index.
    /// - Returns: What is below it; `nil` when it is not a directory.
    /// - Throws: ``IndexError`` when the index is damaged there.
    public func directory(of member: Member) throws(IndexError) -> MemberDirectory? {
        guard member.kind == .directory else { return nil }
        return try directory(number: Int(member.directory), after: member.index + 1)
    }

    /// A child of a directory.
    ///
    /// - Parameters:
    ///   - position: From 0 to below ``MemberDirectory/childCount``: first the directories, then the files, each in byte
    ///     order of their paths, a directory's slash included.
    ///   - directory: A directory of this index.
    /// - Returns: The entry.
    /// - Throws: ``IndexError`` when the index is damaged there, or the directory has no such child.
    public func child(at position: Int, of directory: MemberDirectory) throws(IndexError) -> Member {
        guard position >= 0, position < directory.childCount else { throw .corrupt(block: 0) }
        let record = try record(directory.firstChild + position, of: .children)
        return try entry(at: Int(record.u32(at: 0)))
    }

    func directory(number: Int, after first: Int) throws(IndexError) -> MemberDirectory {
        guard number < directoryCount else { throw .corrupt(block: 0) }
        let record = try record(number, of: .directories)
        let end = Int(record.u32(at: IndexFormat.Directory.subtreeEnd))
        let directory = MemberDirectory(
            subtree: first..<max(first, end),
            directoryCount: Int(record.u32(at: IndexFormat.Directory.directoryCount)),
            fileCount: Int(record.u32(at: IndexFormat.Directory.fileCount)),
            firstChild: Int(record.u32(at: IndexFormat.Directory.children))
        )
        guard end >= first, end <= entryCount, directory.firstChild + directory.childCount <= entryCount else {
            throw .corrupt(block: block(of: number, in: .directories))
        }
        return directory
    }

    /// The path of an entry in the parts that the blocks cut it into, until the body has enough.
    func forEachPart(
        of member: Member,
        _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(IndexError) {
        let length = UInt64(member.nameLength)
        guard length <= pathBytes, member.nameOffset <= pathBytes - length else {
            throw .corrupt(block: block(of: member.index, in: .entries))
        }
        var offset = Int(member.nameOffset)
        let end = offset + member.nameLength
        while offset < end {
            let (block, start) = offset.quotientAndRemainder(dividingBy: IndexFormat.payloadSize)
            let payload = try mapping.block(sections[IndexFormat.Section.paths.rawValue] + block)
            let count = min(end - offset, IndexFormat.payloadSize - start)
            guard body(payload.part(start, count)) else { return }
            offset += count
        }
    }

    /// Lends the bytes of an array to a body that throws this module's error.
    func withBytes<Value>(
        of bytes: [UInt8],
        _ body: (UnsafeRawBufferPointer) throws(IndexError) -> Value
    ) throws(IndexError) -> Value {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(IndexError) in try body(buffer) }
        }.get()
    }
}

extension Member {
    private typealias Field = IndexFormat.Entry

    /// Reads an entry; `nil` when a field has a value that no builder writes.
    init?(_ record: UnsafeRawBufferPointer, index: Int, dataLimit: Int64) {
        guard let kind = Kind(rawValue: record[Field.kind]),
            let compressedSize = Int64(exactly: record.u64(at: Field.compressedSize)),
            let uncompressedSize = Int64(exactly: record.u64(at: Field.uncompressedSize)),
            let localHeaderOffset = Int64(exactly: record.u64(at: Field.localOffset)),
            let recordOffset = Int64(exactly: record.u64(at: Field.recordOffset))
        else { return nil }
        self.init(
            index: index,
            kind: kind,
            flags: Flags(rawValue: record[Field.flags]),
            method: record.u16(at: Field.method),
            crc32: record.u32(at: Field.crc32),
            compressedSize: compressedSize,
            uncompressedSize: uncompressedSize,
            localHeaderOffset: localHeaderOffset,
            recordOffset: recordOffset,
            recordLength: Int(record.u32(at: Field.recordLength)),
            ordinal: Int(record.u32(at: Field.ordinal)),
            mode: record.u16(at: Field.mode),
            dosTime: record.u16(at: Field.dosTime),
            dosDate: record.u16(at: Field.dosDate),
            nameOffset: record.u64(at: Field.nameOffset),
            nameLength: Int(record.u32(at: Field.nameLength)),
            directory: record.u32(at: Field.directory),
            dataLimit: dataLimit
        )
    }
}
