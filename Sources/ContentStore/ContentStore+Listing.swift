internal import Glibc

extension ContentStore {
    /// The directories that hold contents, below the store's `contents`, as `ab/cd`.
    ///
    /// - Returns: At most 65,536 of them, sorted.
    /// - Throws: ``ContentStoreError`` where one cannot be read.
    public func directories() throws(ContentStoreError) -> [String] {
        var directories: [String] = []
        for outer in try Self.names(in: "\(root)/contents").sorted() where Self.isDirectoryName(outer) {
            for inner in try Self.names(in: "\(root)/contents/\(outer)").sorted() where Self.isDirectoryName(inner) {
                directories.append("\(outer)/\(inner)")
            }
        }
        return directories
    }

    /// Lists one of the directories.
    ///
    /// - Parameter directory: One of ``directories()``.
    /// - Returns: What it holds; a file that vanishes meanwhile is left out.
    /// - Throws: ``ContentStoreError`` where it cannot be read.
    public func list(_ directory: String) throws(ContentStoreError) -> StoreListing {
        var listing = StoreListing()
        var places: [ContentReference: Int] = [:]
        for name in try Self.names(in: "\(root)/contents/\(directory)") {
            guard let reference = ContentReference(fileName: name[...]), reference.directories.last == directory else {
                listing.foreign.append("\(directory)/\(name)")
                continue
            }
            var status = stat()
            guard lstat("\(root)/contents/\(directory)/\(name)", &status) == 0 else { continue }
            let place = places[reference] ?? listing.contents.count
            if place == listing.contents.count {
                places[reference] = place
                listing.contents.append(StoreListing.Content(reference: reference))
            }
            listing.contents[place].bytes &+= Int64(status.st_size)
            let changedAt = Int64(max(status.st_mtim.tv_sec, status.st_ctim.tv_sec))
            listing.contents[place].changedAt = max(listing.contents[place].changedAt, changedAt)
            if name == reference.description { listing.contents[place].isComplete = true }
        }
        return listing
    }

    /// Whether a content's file is in its place.
    ///
    /// - Parameter content: The content.
    /// - Returns: False where it is not there.
    /// - Throws: ``ContentStoreError`` where that cannot be told.
    public func contains(_ content: ContentReference) throws(ContentStoreError) -> Bool {
        try Self.exists(path(of: content))
    }

    /// Whether a content's member index is in its place.
    ///
    /// - Parameter content: The content.
    /// - Returns: False where it is not there.
    /// - Throws: ``ContentStoreError`` where that cannot be told.
    public func containsIndex(_ content: ContentReference) throws(ContentStoreError) -> Bool {
        try Self.exists(indexPath(of: content))
    }

    private static func exists(_ path: String) throws(ContentStoreError) -> Bool {
        var status = stat()
        if lstat(path, &status) == 0 { return true }
        let code = errno
        guard code == ENOENT || code == ENOTDIR else { throw StoreFile.error(.examine, path, code) }
        return false
    }

    private static func isDirectoryName(_ name: String) -> Bool {
        name.utf8.count == 2
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    /// The names in a directory but `.` and `..`; none where there is no such directory.
    private static func names(in directory: String) throws(ContentStoreError) -> [String] {
        guard let stream = opendir(directory) else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return [] }
            throw StoreFile.error(.list, directory, code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                let code = errno
                guard code == 0 else { throw StoreFile.error(.list, directory, code) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }
}
