public import Cryptography

/// Content that is complete and durable, and has no name in the store yet.
///
/// It vanishes when it is let go of without having been placed. Not for use by several threads at once.
public final class StagedContent {
    /// SHA-256 of the bytes.
    public let digest: SHA256Digest
    /// Number of bytes.
    public let size: Int64
    /// Whether a member index was built.
    public var isIndexed: Bool { index != nil }

    private let store: ContentStore
    private let file: TemporaryFile
    private let index: TemporaryFile?
    private var placed: ContentReference?

    init(store: ContentStore, digest: SHA256Digest, size: Int64, file: TemporaryFile, index: TemporaryFile?) {
        self.store = store
        self.digest = digest
        self.size = size
        self.file = file
        self.index = index
    }

    /// Puts the content in its place, durably, before the transaction that refers to it commits.
    ///
    /// The index goes first, so that a content in place always has one.
    ///
    /// - Parameter contentID: The number of the content's new row.
    /// - Throws: ``ContentStoreError`` where the file system refuses; nothing is left in place then.
    public func place(contentID: Int64) throws(ContentStoreError) {
        let content = ContentReference(id: contentID, digest: digest)
        placed = content
        do {
            let directory = try store.makeDirectories(for: content)
            try index?.move(to: store.indexPath(of: content))
            try file.move(to: store.path(of: content))
            try StoreFile.synchronizeDirectory(directory)
        } catch {
            unplace()
            throw error
        }
    }

    /// Puts only the member index in its place, beside content that came in before as no zip.
    ///
    /// It stays when the transaction fails: an index that is not asked for harms nobody.
    ///
    /// - Parameter contentID: The number of the content's row.
    /// - Throws: ``ContentStoreError`` where the file system refuses.
    public func placeIndex(contentID: Int64) throws(ContentStoreError) {
        let content = ContentReference(id: contentID, digest: digest)
        let directory = try store.makeDirectories(for: content)
        try index?.move(to: store.indexPath(of: content))
        try StoreFile.synchronizeDirectory(directory)
    }

    /// Takes the content out of its place again, when the transaction that referred to it failed.
    ///
    /// What cannot be unlinked is left for `gc`, which finds files that no row refers to.
    public func unplace() {
        guard let content = placed else { return }
        placed = nil
        try? store.remove(content)
    }
}

extension ContentStore {
    /// Begins to take in bytes.
    ///
    /// - Returns: Where they are written to.
    /// - Throws: ``ContentStoreError`` where no temporary file can be made.
    public func begin() throws(ContentStoreError) -> IncomingContent {
        try IncomingContent(store: self)
    }

    /// Unlinks a content, its index and its access points.
    ///
    /// The content goes first: an index without content is garbage, content without index could not be served. The points
    /// go last, as whoever puts some in place looks for the content afterwards.
    ///
    /// - Parameter content: A content that no row refers to.
    /// - Throws: ``ContentStoreError`` where the file system refuses; what has gone already is fine.
    public func remove(_ content: ContentReference) throws(ContentStoreError) {
        indexes.forget(content)
        try StoreFile.remove(path(of: content))
        try StoreFile.remove(indexPath(of: content))
        try StoreFile.remove(pointsPath(of: content))
    }

    /// Makes sure that contents that were removed do not come back after a power failure.
    ///
    /// To be called before their rows go: nobody would know of the files then.
    ///
    /// - Parameter contents: What ``remove(_:)`` has unlinked.
    /// - Throws: ``ContentStoreError`` where the file system refuses.
    public func synchronizeRemoval(of contents: [ContentReference]) throws(ContentStoreError) {
        var directories: Set<String> = []
        for content in contents { if let directory = content.directories.last { directories.insert(directory) } }
        // The first commits the journal of the file system, the others then find their changes durable.
        for directory in directories { try StoreFile.synchronizeDirectory("\(root)/contents/\(directory)") }
    }

    /// Makes the directories that lead to a content.
    ///
    /// - Returns: The innermost one.
    func makeDirectories(for content: ContentReference) throws(ContentStoreError) -> String {
        var parent = "\(root)/contents"
        for directory in content.directories {
            let path = "\(root)/contents/\(directory)"
            try StoreFile.makeDirectory(path, in: parent, owner: owner)
            parent = path
        }
        return parent
    }
}
