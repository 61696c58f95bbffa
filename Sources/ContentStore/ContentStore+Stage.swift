internal import Cryptography
internal import Glibc
internal import ZipArchive

extension ContentStore {
    /// Takes in a file of the file system, by copying it.
    ///
    /// - Parameters:
    ///   - path: A regular file that this process may read.
    ///   - kind: What the content is.
    ///   - progress: Told how many bytes came in, after each block of 1 MiB.
    /// - Returns: The content, ready to be put in place.
    /// - Throws: ``ContentStoreError`` where the file cannot be read or is no readable zip.
    public func stage(
        file path: String,
        as kind: Kind,
        progress: (_ bytes: Int64) -> Void = { _ in }
    ) throws(ContentStoreError) -> StagedContent {
        let file = try Self.openRegularFile(path)
        var incoming = try begin()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count: Int
            do { count = try file.read(into: buffer, at: incoming.size) } catch {
                throw StoreFile.error(.read, path, error.code)
            }
            if count == 0 { break }
            try incoming.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            progress(Int64(count))
        }
        return try incoming.finish(as: kind)
    }

    /// Unlinks temporary files that no process works on any more: what a crash has left behind.
    ///
    /// - Returns: How many there were.
    /// - Throws: ``ContentStoreError`` where the directory cannot be read.
    @discardableResult
    public func reclaimTemporaryFiles() throws(ContentStoreError) -> Int {
        let directory = "\(root)/tmp"
        guard let stream = opendir(directory) else { throw StoreFile.error(.list, directory, errno) }
        defer { closedir(stream) }
        var reclaimed = 0
        while let entry = readdir(stream) {
            guard entry.pointee.d_type == UInt8(DT_REG) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if Self.reclaim("\(directory)/\(name)") { reclaimed += 1 }
        }
        return reclaimed
    }

    static func digesting<R: ~Copyable>(_ body: () throws(CryptographyError) -> R) throws(ContentStoreError) -> R {
        do { return try body() } catch { throw .digest(error) }
    }

    private static func openRegularFile(_ path: String) throws(ContentStoreError) -> ArchiveFile {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .noSuchFile(path: path) }
        do { return try ArchiveFile(path: path) } catch { throw StoreFile.error(.open, path, error.code) }
    }

    /// A file that can be locked has no writer.
    private static func reclaim(_ path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && unlink(path) == 0
    }
}
