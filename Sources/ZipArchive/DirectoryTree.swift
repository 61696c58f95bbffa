/// A directory while its index is being built.
struct DraftDirectory {
    /// Its place in the index; the root has none.
    var entry: UInt32
    /// The place behind the last entry below it.
    var subtreeEnd: UInt32 = 0
    /// The first of its children in the section of children.
    var children: UInt32 = 0
    var directoryCount: UInt32 = 0
    var fileCount: UInt32 = 0
}

/// The directories of an archive: those that it contains, and those that the paths of members imply.
///
/// Entries come in byte order. All that is below a directory is one range then, the directory just before it, and an
/// implied directory belongs directly before the first entry below it: one pass with a stack of open directories does.
struct DirectoryTree {
    /// The final order: numbers of entries in the table.
    private(set) var order: [UInt32] = []
    /// The root first.
    private(set) var directories = [DraftDirectory(entry: IndexFormat.none)]
    /// The directory that each entry of `order` is in.
    private var parents: [UInt32] = []
    private var open = [OpenDirectory(number: 0, pathLength: 0)]
    private var impliedCount = 0

    private struct OpenDirectory {
        var number: UInt32
        var pathLength: Int
    }

    /// Builds the tree, and appends the implied directories to the table.
    init(
        _ sorted: [UInt32],
        in table: inout MemberTable,
        limits: ZipLimits,
        key: (UInt64, UInt64)
    ) throws(ZipError) {
        order.reserveCapacity(sorted.count)
        parents.reserveCapacity(sorted.count)
        var previous = DraftEntry()
        for number in sorted {
            let entry = table.entries[Int(number)]
            close(downTo: table.commonPrefix(previous, entry))
            try openImplied(by: entry, in: &table, limits: limits, key: key)
            append(number, entry.kind, pathLength: Int(entry.nameLength), to: &table)
            previous = entry
        }
        close(downTo: -1)
        placeChildren()
    }

    /// The children of all directories: of each first the directories, then the files, in byte order.
    func children() -> [UInt32] {
        var children = [UInt32](repeating: 0, count: order.count)
        var nextDirectory = directories.map(\.children)
        var nextFile = directories.map { $0.children + $0.directoryCount }
        var number = 1
        for place in order.indices {
            let parent = Int(parents[place])
            if number < directories.count, directories[number].entry == place {
                children[Int(nextDirectory[parent])] = UInt32(place)
                nextDirectory[parent] += 1
                number += 1
            } else {
                children[Int(nextFile[parent])] = UInt32(place)
                nextFile[parent] += 1
            }
        }
        return children
    }

    /// Closes the open directories that do not lie on the first bytes of the next path.
    private mutating func close(downTo commonLength: Int) {
        while let last = open.last, last.pathLength > commonLength {
            directories[Int(last.number)].subtreeEnd = UInt32(order.count)
            open.removeLast()
        }
    }

    /// Opens the directories on an entry's path that are not open yet.
    ///
    /// The hashes of all prefixes come from one pass over the path: its depth does not multiply the work.
    private mutating func openImplied(
        by entry: DraftEntry,
        in table: inout MemberTable,
        limits: ZipLimits,
        key: (UInt64, UInt64)
    ) throws(ZipError) {
        var hashed = 0
        var hash = SipHash(key: key)
        var searched = open.last?.pathLength ?? 0
        while let length = table.withPath(of: entry, { Self.directoryLength(in: $0, from: searched) }) {
            impliedCount += 1
            guard impliedCount <= limits.impliedDirectories else {
                throw .tooManyMembers(limit: limits.impliedDirectories)
            }
            table.withPath(of: entry) { hash.update($0.part(hashed, length - hashed)) }
            hashed = length
            searched = length
            let number = UInt32(table.entries.count)
            table.entries.append(DraftEntry(impliedDirectory: length, of: entry, hash: hash.finalized()))
            append(number, .directory, pathLength: length, to: &table)
        }
    }

    /// The length of the next directory's path on a path, its slash included; the path's own last slash does not count.
    private static func directoryLength(in path: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index < path.count - 1 {
            if path[index] == 0x2F { return index + 1 }
            index += 1
        }
        return nil
    }

    private mutating func append(
        _ number: UInt32,
        _ kind: Member.Kind,
        pathLength: Int,
        to table: inout MemberTable
    ) {
        let parent = open.last?.number ?? 0
        if kind == .directory {
            let directory = UInt32(directories.count)
            directories.append(DraftDirectory(entry: UInt32(order.count)))
            directories[Int(parent)].directoryCount += 1
            table.entries[Int(number)].directory = directory
            open.append(OpenDirectory(number: directory, pathLength: pathLength))
        } else {
            directories[Int(parent)].fileCount += 1
        }
        order.append(number)
        parents.append(parent)
    }

    private mutating func placeChildren() {
        var next: UInt32 = 0
        for number in directories.indices {
            directories[number].children = next
            next += directories[number].directoryCount + directories[number].fileCount
        }
    }
}

extension MemberTable {
    /// The number of first bytes that two paths share.
    func commonPrefix(_ first: DraftEntry, _ second: DraftEntry) -> Int {
        names.withUnsafeBytes { names in
            let first = names.part(Int(first.nameOffset), Int(first.nameLength))
            let second = names.part(Int(second.nameOffset), Int(second.nameLength))
            let count = min(first.count, second.count)
            var length = 0
            while length + 8 <= count, first.u64(at: length) == second.u64(at: length) { length += 8 }
            while length < count, first[length] == second[length] { length += 1 }
            return length
        }
    }
}
