extension MemberIndexBuilder {
    /// The bytes of all paths; an implied directory's are the first of those of an entry below it.
    private var pathBytes: UInt64 {
        tree.order.reduce(0) { sum, number in
            let entry = table.entries[Int(number)]
            return entry.flags.contains(.synthesized) ? sum : sum + UInt64(entry.nameLength)
        }
    }

    func writeHeader(_ slots: HashSlots, to writer: inout BlockWriter) throws(ZipError) {
        let pathBytes = pathBytes
        let blocks = IndexFormat.layout(
            entries: UInt64(tree.order.count),
            directories: UInt64(tree.directories.count),
            slots: UInt64(slots.slots.count),
            pathBytes: pathBytes
        )
        let header = try writer.record(IndexFormat.Header.length)
        header.put(IndexFormat.magic, at: IndexFormat.Header.magic)
        header.put(IndexFormat.version, at: IndexFormat.Header.version)
        header.put(UInt32(IndexFormat.blockSize), at: IndexFormat.Header.blockSize)
        header.put(blocks[blocks.count - 1] * UInt64(IndexFormat.blockSize), at: IndexFormat.Header.fileSize)
        header.put(UInt64(directory.archiveSize), at: IndexFormat.Header.archiveSize)
        digest.withUnsafeBytes { digest in
            UnsafeMutableRawBufferPointer(rebasing: header[IndexFormat.Header.digest..<IndexFormat.Header.digest + 32])
                .copyMemory(from: digest)
        }
        header.put(UInt64(directory.offset), at: IndexFormat.Header.directoryOffset)
        header.put(UInt64(directory.size), at: IndexFormat.Header.directorySize)
        header.put(UInt64(directory.prefix), at: IndexFormat.Header.prefix)
        header.put(UInt32(table.recordCount), at: IndexFormat.Header.recordCount)
        header.put(UInt32(tree.order.count), at: IndexFormat.Header.entryCount)
        header.put(UInt32(tree.directories.count), at: IndexFormat.Header.directoryCount)
        header.put(UInt32(slots.slots.count), at: IndexFormat.Header.slotCount)
        header.put(slots.longestChain, at: IndexFormat.Header.longestChain)
        header.put(pathBytes, at: IndexFormat.Header.pathBytes)
        try writer.endSection()
    }

    /// Writes the entries; their paths are stored in the same order.
    ///
    /// An implied directory is followed by the entry whose path it begins.
    func writeEntries(to writer: inout BlockWriter) throws(ZipError) {
        var nameOffset: UInt64 = 0
        for number in tree.order {
            let entry = table.entries[Int(number)]
            write(entry, number, nameOffset, to: try writer.record(IndexFormat.Entry.length))
            if !entry.flags.contains(.synthesized) { nameOffset += UInt64(entry.nameLength) }
        }
        try writer.endSection()
    }

    func writeDirectories(to writer: inout BlockWriter) throws(ZipError) {
        for directory in tree.directories {
            let record = try writer.record(IndexFormat.Directory.length)
            record.put(directory.entry, at: IndexFormat.Directory.entry)
            record.put(directory.subtreeEnd, at: IndexFormat.Directory.subtreeEnd)
            record.put(directory.children, at: IndexFormat.Directory.children)
            record.put(directory.directoryCount, at: IndexFormat.Directory.directoryCount)
            record.put(directory.fileCount, at: IndexFormat.Directory.fileCount)
        }
        try writer.endSection()
    }

    func writePaths(to writer: inout BlockWriter) throws(ZipError) {
        for number in tree.order {
            let entry = table.entries[Int(number)]
            if entry.flags.contains(.synthesized) { continue }
            let result = table.withPath(of: entry) { path in
                Result { () throws(ZipError) in try writer.append(path) }
            }
            try result.get()
        }
    }

    private func write(
        _ entry: DraftEntry,
        _ number: UInt32,
        _ nameOffset: UInt64,
        to record: UnsafeMutableRawBufferPointer
    ) {
        record.put(nameOffset, at: IndexFormat.Entry.nameOffset)
        record.put(entry.compressedSize, at: IndexFormat.Entry.compressedSize)
        record.put(entry.uncompressedSize, at: IndexFormat.Entry.uncompressedSize)
        record.put(entry.localOffset, at: IndexFormat.Entry.localOffset)
        record.put(entry.recordOffset, at: IndexFormat.Entry.recordOffset)
        record.put(entry.nameLength, at: IndexFormat.Entry.nameLength)
        record.put(entry.crc32, at: IndexFormat.Entry.crc32)
        record.put(entry.recordLength, at: IndexFormat.Entry.recordLength)
        record.put(number, at: IndexFormat.Entry.ordinal)
        record.put(entry.directory, at: IndexFormat.Entry.directory)
        record.put(entry.method, at: IndexFormat.Entry.method)
        record.put(entry.mode, at: IndexFormat.Entry.mode)
        record.put(entry.dosTime, at: IndexFormat.Entry.dosTime)
        record.put(entry.dosDate, at: IndexFormat.Entry.dosDate)
        record[IndexFormat.Entry.kind] = entry.kind.rawValue
        record[IndexFormat.Entry.flags] = entry.flags.rawValue
        record[IndexFormat.Entry.flags + 1] = 0
        record[IndexFormat.Entry.flags + 2] = 0
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a number in little-endian order.
    @inline(__always)
    fileprivate func put(_ value: some FixedWidthInteger, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value.littleEndian))
    }
}
