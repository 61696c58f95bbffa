/// Builds the index of an archive's members at intake.
///
/// Building reads the whole central directory and makes the checks that an archive must pass; it takes O(n log n) steps
/// and about 100 bytes a member besides the names. Equal archives give equal files.
public struct MemberIndexBuilder {
    /// The number of records in the central directory, those that are not indexed included.
    public var memberCount: Int { table.recordCount }

    /// The number of entries of the index: members with a valid path, each path once, and implied directories.
    public var entryCount: Int { tree.order.count }

    let directory: CentralDirectory
    let digest: [UInt8]
    let table: MemberTable
    let tree: DirectoryTree

    /// Reads the central directory and checks it.
    ///
    /// Members with a hostile name are counted, but not indexed; encrypted and unsupported ones are indexed as such.
    ///
    /// - Parameters:
    ///   - directory: The archive's central directory.
    ///   - digest: The archive's SHA-256, 32 bytes: it ties the index to the archive, and keys the hash of the paths.
    /// - Throws: ``ZipError`` when the archive is to be refused.
    public init(_ directory: CentralDirectory, digest: [UInt8]) throws(ZipError) {
        var padded = Array(digest.prefix(32))
        padded.append(contentsOf: [UInt8](repeating: 0, count: 32 - padded.count))
        let key = padded.withUnsafeBytes(IndexFormat.key)
        var table = try MemberTable(directory, key: key)
        try table.checkOverlaps()
        tree = try DirectoryTree(table.sortedByPath(), in: &table, limits: directory.limits, key: key)
        self.table = table
        self.directory = directory
        self.digest = padded
    }

    /// Writes the index to a file, from its first byte.
    ///
    /// Neither `fsync` nor `rename` are done here: how files become durable is the store's business.
    ///
    /// - Parameter descriptor: A descriptor of an empty file, open for writing.
    /// - Throws: ``ZipError/io(_:)`` when the file cannot be written.
    public func write(to descriptor: Int32) throws(ZipError) {
        let slots = HashSlots(tree.order, in: table)
        var writer = BlockWriter(descriptor: descriptor)
        try writeHeader(slots, to: &writer)
        for slot in slots.slots {
            try writer.record(8).storeBytes(of: slot.littleEndian, as: UInt64.self)
        }
        try writer.endSection()
        try writeEntries(to: &writer)
        try writeDirectories(to: &writer)
        for child in tree.children() {
            try writer.record(4).storeBytes(of: child.littleEndian, as: UInt32.self)
        }
        try writer.endSection()
        try writePaths(to: &writer)
        try writer.finish()
    }
}
