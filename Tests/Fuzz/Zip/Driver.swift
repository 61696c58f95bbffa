import Glibc

#if canImport(ZipArchive)
import ZipArchive
#endif

/// Takes bytes as an archive: central directory, index, a lookup of each path, all listings, the data of each member.
///
/// Every answer must be an error of the module or data of the declared size; what fails otherwise stops the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzZip(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: data, count: count)
    let archive = scratchFile()
    let index = scratchFile()
    defer {
        close(archive)
        close(index)
    }
    guard archive >= 0, index >= 0, count == 0 || pwrite(archive, data, count, 0) == count else { return 0 }
    try? exercise(ArchiveFile(descriptor: archive, closing: false), index: index, digest: Array(input.prefix(32)))
    return 0
}

/// Small enough that one input takes milliseconds.
private let limits = ZipLimits(members: 2000, directoryBytes: 1 << 20, impliedDirectories: 2000)
private let largestRead: Int64 = 1 << 20

private func exercise(_ file: ArchiveFile, index descriptor: Int32, digest: [UInt8]) throws {
    let builder = try MemberIndexBuilder(CentralDirectory(of: file, limits: limits), digest: digest)
    try builder.write(to: descriptor)
    let index = try MemberIndex(descriptor: descriptor)
    precondition(index.entryCount == builder.entryCount && index.recordCount == builder.memberCount)
    guard let buffers = MemberBuffers() else { return }
    var seen = 0
    if let root = try index.directory(at: nil as MemberPath?) { precondition(root.subtree == 0..<index.entryCount) }
    for number in 0..<index.entryCount {
        let entry = try index.entry(at: number)
        let path = try index.path(of: entry)
        if let directory = try index.directory(of: entry) {
            try list(directory, in: index, path)
        } else {
            let found = try path.withUnsafeBytes { try index.lookup($0) }
            precondition(found == entry && MemberPath(path) != nil, "a path of the index is not found in it")
            seen += 1
            try? read(entry, from: file, buffers)
        }
    }
    precondition(seen <= index.recordCount)
}

private func list(_ directory: MemberDirectory, in index: MemberIndex, _ path: [UInt8]) throws {
    for position in 0..<directory.childCount {
        let child = try index.child(at: position, of: directory)
        precondition(directory.subtree.contains(child.index), "a child outside of its directory")
        precondition((child.kind == .directory) == (position < directory.directoryCount))
        let childPath = try index.path(of: child)
        precondition(childPath.starts(with: path), "a child with another directory's path")
    }
}

private func read(_ member: Member, from file: ArchiveFile, _ buffers: MemberBuffers) throws {
    _ = try MemberReader.dataExtent(of: member, in: file, buffers: buffers)
    let size = member.uncompressedSize
    let windows: [Range<Int64>?] = [size <= largestRead ? nil : 0..<largestRead, min(size, 7)..<min(size, 5000)]
    for case let window in windows {
        var reader = try MemberReader(member, in: file, buffers: buffers, window: window)
        let expected = reader.remaining
        var total: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 5000)
        while case let count = try buffer.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
            total += Int64(count)
        }
        precondition(total == expected, "a member of another size than declared")
    }
}

private func scratchFile() -> Int32 {
    var template = Array("/dev/shm/fuzz-zip-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    if descriptor >= 0 { unlink(template) }
    return descriptor
}
