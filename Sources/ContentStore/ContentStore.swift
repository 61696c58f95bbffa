internal import Cryptography
internal import Glibc
public import ZipArchive

/// Files by the SHA-256 of their bytes, written once and never modified.
///
/// Layout below the root: `contents/ab/cd/<sha256>.<row>` with `….index` beside it where the content is a zip and
/// `….points` where access points of its members were gathered, and `tmp` for what is being taken in. All on one file
/// system, because files come in by `rename`.
public struct ContentStore: Sendable {
    /// What a content is, as far as the store cares.
    public enum Kind: Sendable {
        /// A zip archive: a member index is built beside it, which also refuses what cannot be served.
        case zip(ZipLimits)
        /// Any bytes.
        case opaque
    }

    let root: String
    let owner: StoreFile.Owner?
    let largeIndexes = LargeIndexGate()
    let indexes = IndexCache()

    /// Opens a store, and lays it out where it is new.
    ///
    /// - Parameter root: An existing directory.
    /// - Throws: ``ContentStoreError`` where it cannot be written to.
    public init(root: String) throws(ContentStoreError) {
        self.root = root
        owner = StoreFile.Owner(of: root)
        for directory in ["contents", "tmp"] {
            var status = stat()
            if stat("\(root)/\(directory)", &status) == 0 { continue }
            try StoreFile.makeDirectory("\(root)/\(directory)", in: root, owner: owner)
        }
    }

    /// Opens a content for reading.
    ///
    /// - Parameter content: The content, as the database names it.
    /// - Returns: The open file; it stays readable when the content is removed meanwhile.
    /// - Throws: ``ContentStoreError/missing(_:)`` where the file is not there.
    public func open(_ content: ContentReference) throws(ContentStoreError) -> ArchiveFile {
        try open(content, path(of: content))
    }

    /// How many bytes the file of a content has, without opening it.
    ///
    /// For whoever hands the file to another program: that one cannot know what size it should have.
    ///
    /// - Parameter content: The content, as the database names it.
    /// - Returns: The size (`stat(2)`).
    /// - Throws: ``ContentStoreError/missing(_:)`` where the file is not there.
    public func size(of content: ContentReference) throws(ContentStoreError) -> Int64 {
        let path = path(of: content)
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            throw code == ENOENT ? .missing(content) : StoreFile.error(.examine, path, code)
        }
        return Int64(status.st_size)
    }

    /// Opens the member index of a content.
    ///
    /// - Parameter content: A content that is a zip.
    /// - Returns: The index, its header verified, and known to belong to this content.
    /// - Throws: ``ContentStoreError`` where it is missing or damaged.
    public func openIndex(_ content: ContentReference) throws(ContentStoreError) -> MemberIndex {
        try Self.index(in: try open(content, indexPath(of: content)), of: content, isCopied: false)
    }

    /// The member index of a content, kept if it was asked for lately: a small one in memory, a large one mapped for seconds.
    ///
    /// A content's number is never used again, and its files never change: what is kept cannot be out of date, and whether
    /// the content may be read is the database's to say in each request.
    ///
    /// - Parameter content: A content that is a zip.
    /// - Returns: The index, its header verified, and known to belong to this content.
    /// - Throws: ``ContentStoreError`` where it is missing or damaged.
    public func index(of content: ContentReference) throws(ContentStoreError) -> MemberIndex {
        if let index = indexes.index(of: content) { return index }
        let file = try open(content, indexPath(of: content))
        let stamp = FileStamp(file)
        let isSmall = stamp.map { $0.size <= IndexCache.largest } ?? false
        let index = try Self.index(in: file, of: content, isCopied: isSmall)
        indexes.keep(index, of: content, file, stamp)
        return index
    }

    private static func index(
        in file: ArchiveFile,
        of content: ContentReference,
        isCopied: Bool
    ) throws(ContentStoreError) -> MemberIndex {
        do throws(IndexError) {
            let index = try MemberIndex(descriptor: file.descriptor, isCopied: isCopied)
            guard content.digest.withUnsafeBytes({ $0.elementsEqual(index.archiveDigest) }) else {
                throw IndexError.notAnIndex
            }
            return index
        } catch {
            throw .damagedIndex(content, error)
        }
    }

    /// Whether files can be made in the store, for readiness checks.
    ///
    /// - Throws: ``ContentStoreError`` where they cannot.
    public func checkWritable() throws(ContentStoreError) {
        _ = try StoreFile.check(.write, "\(root)/tmp") { access("\(root)/tmp", W_OK | X_OK) }
    }

    func path(of content: ContentReference) -> String { "\(root)/contents/\(content.relativePath)" }

    func indexPath(of content: ContentReference) -> String { path(of: content) + ".index" }

    private func open(_ content: ContentReference, _ path: String) throws(ContentStoreError) -> ArchiveFile {
        do {
            return try ArchiveFile(path: path)
        } catch {
            throw error.code == ENOENT ? .missing(content) : StoreFile.error(.open, path, error.code)
        }
    }
}
