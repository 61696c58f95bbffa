internal import Glibc
internal import ZipArchive

/// A file that is being read, and must not change meanwhile.
final class SourceFile {
    private let descriptor: Int32
    private let path: StoredPath
    let version: FileVersion

    /// Opens a regular file; if `expected` is given, that version of it.
    init(_ path: StoredPath, in chain: DirectoryChain, expected: FileVersion? = nil) throws(PublishError) {
        descriptor = try chain.file(path)
        self.path = path
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        version = FileVersion(status)
        guard isRegular else { throw PublishError(.data, "\(path.text): not a regular file") }
        if let expected, expected != version { throw Self.changed(path) }
    }

    deinit {
        close(descriptor)
    }

    /// Fills the buffer as far as the file goes.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(PublishError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw PublishError(.data, "\(path.text): \(SystemError.last)")
            }
        }
        return filled
    }

    /// Throws if it is not the file any more that was opened.
    func checkUnchanged() throws(PublishError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, FileVersion(status) == version else { throw Self.changed(path) }
    }

    static func changed(_ path: StoredPath) -> PublishError {
        PublishError(.data, "\(path.text): changed while it was read")
    }
}
