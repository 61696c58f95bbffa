internal import Glibc

/// Opens what is below a directory without ever passing through a symbolic link.
///
/// Each name is opened by itself (`O_NOFOLLOW`), so a link that somebody puts in place meanwhile is not followed either. The
/// directories of the last path stay open for the next, which is mostly beside it.
final class DirectoryChain {
    private let root: Int32
    private var open: [(name: String, descriptor: Int32)] = []

    /// Starts at the working directory.
    init() throws(PublishError) {
        root = Glibc.open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else {
            throw PublishError(.data, "the working directory cannot be opened: \(SystemError.last)")
        }
    }

    deinit {
        for each in open { close(each.descriptor) }
        close(root)
    }

    /// The directory with these names below the working directory; it stays the chain's own.
    func directory(_ names: some Collection<String>) throws(PublishError) -> Int32 {
        let shared = zip(open, names).prefix { $0.name == $1 }.count
        while open.count > shared, let last = open.popLast() { close(last.descriptor) }
        for name in names.dropFirst(shared) {
            let parent = open.last?.descriptor ?? root
            let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { throw Self.failure(names.joined(separator: "/")) }
            open.append((name, descriptor))
        }
        return open.last?.descriptor ?? root
    }

    /// ELOOP, or ENOTDIR with `O_DIRECTORY`, stands for a link in the way.
    private static func failure(_ path: String) -> PublishError {
        let error = SystemError.last
        guard error.code == ELOOP || error.code == ENOTDIR else { return PublishError(.data, "\(path): \(error)") }
        return PublishError(.data, "\(path): no directory, or a symbolic link, which is not followed")
    }

    /// Opens a file for reading; it is the caller's to close.
    func file(_ path: StoredPath) throws(PublishError) -> Int32 {
        guard let name = path.names.last else { throw PublishError(.data, "\(path.text): not a regular file") }
        let parent = try directory(path.names.dropLast())
        // O_NONBLOCK: a pipe that took the file's place must not hold us.
        let descriptor = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw PublishError(.data, "\(path.text): \(SystemError.last)") }
        return descriptor
    }

    /// What is at a path, links not followed; `nil` if nothing is.
    func status(_ path: StoredPath) throws(PublishError) -> stat? {
        var status = stat()
        guard let name = path.names.last else {
            return fstat(root, &status) == 0 ? status : nil
        }
        let parent = try directory(path.names.dropLast())
        guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw PublishError(.data, "\(path.text): \(SystemError.last)")
        }
        return status
    }
}

/// The reason of a system call that failed.
struct SystemError: Error, CustomStringConvertible {
    let code: Int32

    /// What `errno` says now.
    static var last: SystemError { SystemError(code: errno) }

    /// The corresponding C function is `strerror_r`.
    var description: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return buffer.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
