internal import Cryptography
internal import Glibc

/// A file in the store's `tmp` directory, which is unlinked at the end of its life unless it was moved away.
final class TemporaryFile {
    let path: String
    let descriptor: Int32
    private var isMoved = false

    /// Makes a file and locks it.
    ///
    /// Between the two, somebody who reclaims leftovers may take the file for one: then another is made.
    init(in store: ContentStore) throws(ContentStoreError) {
        var made = try Self.make(in: "\(store.root)/tmp")
        while try !Self.lock(made) {
            close(made.descriptor)
            made = try Self.make(in: "\(store.root)/tmp")
        }
        (path, descriptor) = made
        try store.owner?.take(descriptor, path)
    }

    deinit {
        if !isMoved { unlink(path) }
        close(descriptor)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = Glibc.write(descriptor, base, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                throw StoreFile.error(.write, path, errno)
            }
        }
    }

    func synchronize() throws(ContentStoreError) {
        try StoreFile.synchronize(descriptor, path)
    }

    /// Gives the file its final name; making that durable is up to the caller, who may move several.
    func move(to destination: String) throws(ContentStoreError) {
        try StoreFile.rename(path, to: destination)
        isMoved = true
    }

    private static func make(in directory: String) throws(ContentStoreError) -> (path: String, descriptor: Int32) {
        let name = try ContentStore.digesting { () throws(CryptographyError) in Hex.encode(try RandomBytes.generate(12))
        }
        let path = "\(directory)/\(name)"
        let descriptor = try StoreFile.check(.create, path) { open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640) }
        return (path, descriptor)
    }

    private static func lock(_ file: (path: String, descriptor: Int32)) throws(ContentStoreError) -> Bool {
        _ = try StoreFile.check(.lock, file.path) { flock(file.descriptor, LOCK_EX) }
        var status = stat()
        _ = try StoreFile.check(.examine, file.path) { fstat(file.descriptor, &status) }
        return status.st_nlink > 0
    }
}
