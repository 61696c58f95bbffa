internal import Glibc

/// The system calls of the store, each with its error told once and in full.
///
/// Durability: a file's bytes by `fsync` of the file, its name by `fsync` of the directory.
enum StoreFile {
    /// Runs a call until it is not interrupted.
    ///
    /// - Returns: What the call returned, never negative.
    static func check(
        _ operation: ContentStoreError.Operation,
        _ path: String,
        _ call: () -> Int32
    ) throws(ContentStoreError) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code == EINTR { continue }
            throw error(operation, path, code)
        }
    }

    static func error(_ operation: ContentStoreError.Operation, _ path: String, _ code: Int32) -> ContentStoreError {
        code == ENOSPC || code == EDQUOT ? .full : .system(operation, path: path, code: code)
    }

    /// Makes a directory unless it is there, and its name durable.
    static func makeDirectory(_ path: String, in parent: String, owner: Owner?) throws(ContentStoreError) {
        guard mkdir(path, 0o750) == 0 else {
            let code = errno
            // Another process may have made it this instant and not synced it yet.
            if code == EEXIST {
                close(try openDirectory(path))
                return try synchronizeDirectory(parent)
            }
            throw error(.makeDirectory, path, code)
        }
        let descriptor = try openDirectory(path)
        defer { close(descriptor) }
        try owner?.take(descriptor, path)
        try synchronizeDirectory(parent)
    }

    /// Opens a directory that is none by a symbolic link.
    ///
    /// The store belongs to a service, and root may take files in: what the service plants there must lead nowhere else.
    private static func openDirectory(_ path: String) throws(ContentStoreError) -> Int32 {
        try check(.open, path) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }

    static func synchronize(_ descriptor: Int32, _ path: String) throws(ContentStoreError) {
        _ = try check(.synchronize, path) { fsync(descriptor) }
    }

    static func synchronizeDirectory(_ path: String) throws(ContentStoreError) {
        let descriptor = try check(.open, path) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        try synchronize(descriptor, path)
    }

    static func rename(_ from: String, to: String) throws(ContentStoreError) {
        _ = try check(.rename, from) { Glibc.rename(from, to) }
    }

    /// Unlinks a file; one that has gone already is fine.
    static func remove(_ path: String) throws(ContentStoreError) {
        guard unlink(path) != 0 else { return }
        let code = errno
        if code != ENOENT { throw error(.remove, path, code) }
    }

    /// Who owns the store; files that root takes in are given to them, so that the server can read and remove them.
    struct Owner: Sendable {
        let user: uid_t
        let group: gid_t

        /// The owner of a directory, or `nil` where this process needs no such care.
        init?(of directory: String) {
            var status = stat()
            guard geteuid() == 0, stat(directory, &status) == 0, status.st_uid != 0 else { return nil }
            user = status.st_uid
            group = status.st_gid
        }

        /// By the descriptor of what was just made: by then the name may stand for something else.
        func take(_ descriptor: Int32, _ path: String) throws(ContentStoreError) {
            _ = try check(.changeOwner, path) { fchown(descriptor, user, group) }
        }
    }
}
