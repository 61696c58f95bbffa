internal import Glibc

/// The file of a unix socket, known by its inode so that only our own is ever removed.
struct SocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Makes the socket, its file and its queue.
    ///
    /// - Parameters:
    ///   - path: where the file goes; checked to fit `sun_path`.
    ///   - backlog: the length of the queue.
    /// - Returns: the listening descriptor and its file.
    /// - Throws: ``FastCGIError`` when the path is taken or a call fails.
    static func listen(at path: String, backlog: Int32) throws(FastCGIError) -> (Int32, SocketFile) {
        try removeStale(at: path)
        let descriptor = try openSocket(family: AF_UNIX)
        do throws(FastCGIError) {
            let address = SocketAddress(path: path)
            try checked("bind") { address.withPointer { bind(descriptor, $0, $1) } }
            let file = try SocketFile(at: path)
            do throws(FastCGIError) {
                // Before listen(2): until then every attempt to connect is refused, whatever the umask was.
                try checked("chmod") { chmod(path, 0o660) }
                try checked("listen") { Glibc.listen(descriptor, backlog) }
            } catch {
                file.remove()
                throw error
            }
            return (descriptor, file)
        } catch {
            _ = close(descriptor)
            throw error
        }
    }

    private init(at path: String) throws(FastCGIError) {
        var status = stat()
        try checked("lstat") { lstat(path, &status) }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes the file, unless another process has put its own in the place.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
        _ = unlink(path)
    }

    /// Removes a socket that nobody listens on any more.
    private static func removeStale(at path: String) throws(FastCGIError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        guard try isRefused(at: path) else { throw .inUse(path) }
        try checked("unlink") { unlink(path) }
    }

    /// Whether a connection is refused; a full queue or a lack of rights mean that somebody is there.
    private static func isRefused(at path: String) throws(FastCGIError) -> Bool {
        let probe = OwnedDescriptor(try openSocket(family: AF_UNIX))
        let address = SocketAddress(path: path)
        return address.withPointer { connect(probe.number, $0, $1) } != 0 && errno == ECONNREFUSED
    }
}
