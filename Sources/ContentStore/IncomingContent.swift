internal import Cryptography
internal import Glibc
internal import ZipArchive

/// Bytes on their way into the store: written to a temporary file and hashed in the same pass.
///
/// The temporary file is locked as long as somebody writes it, so that what a crash left behind can be told from it.
public struct IncomingContent: ~Copyable {
    /// How many bytes have come in.
    public private(set) var size: Int64 = 0

    private let store: ContentStore
    private let temporary: TemporaryFile
    private var hasher: SHA256Hasher

    init(store: ContentStore) throws(ContentStoreError) {
        let temporary = try TemporaryFile(in: store)
        let hasher = try ContentStore.digesting { () throws(CryptographyError) in try SHA256Hasher() }
        self.store = store
        self.temporary = temporary
        self.hasher = hasher
    }

    /// Takes in the next bytes.
    ///
    /// - Parameter bytes: Any number of bytes.
    /// - Throws: ``ContentStoreError/full`` where the disk is.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        try temporary.write(bytes)
        do { try hasher.update(bytes) } catch { throw .digest(error) }
        size += Int64(bytes.count)
    }

    /// Ends the content: makes its bytes durable and, for a zip, builds the member index.
    ///
    /// - Parameter kind: What the content is.
    /// - Returns: The content, ready to be put in place; it vanishes unless it is.
    /// - Throws: ``ContentStoreError/unreadableArchive(_:)`` where a zip could never be served.
    public consuming func finish(as kind: ContentStore.Kind) throws(ContentStoreError) -> StagedContent {
        let (store, temporary, size) = (store, temporary, size)
        let digest: SHA256Digest
        do { digest = try hasher.finalize() } catch { throw .digest(error) }
        var index: TemporaryFile?
        if case .zip(let limits) = kind {
            index = try Self.index(of: temporary, digest, limits, in: store)
        }
        try temporary.synchronize()
        return StagedContent(store: store, digest: digest, size: size, file: temporary, index: index)
    }

    private static func index(
        of archive: TemporaryFile,
        _ digest: SHA256Digest,
        _ limits: ZipLimits,
        in store: ContentStore
    ) throws(ContentStoreError) -> TemporaryFile {
        let index = try TemporaryFile(in: store)
        do throws(ZipError) {
            let file = ArchiveFile(descriptor: archive.descriptor, closing: false)
            let directory = try CentralDirectory(of: file, limits: limits)
            try store.largeIndexes.run(directoryBytes: directory.size) { () throws(ZipError) in
                try MemberIndexBuilder(directory, digest: digest.bytes).write(to: index.descriptor)
            }
        } catch .io(let error) {
            throw StoreFile.error(.write, index.path, error.code)
        } catch {
            throw .unreadableArchive(error)
        }
        try index.synchronize()
        return index
    }
}
