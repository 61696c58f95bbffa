internal import Cryptography

/// What one directory of the store holds.
public struct StoreListing: Sendable {
    /// A content with what stands beside it, or what is left of one.
    public struct Content: Sendable {
        /// Which content the names say it is.
        public let reference: ContentReference
        /// Whether the content itself is there, not only what belongs beside it.
        public internal(set) var isComplete = false
        /// The sizes of all its files in bytes.
        public internal(set) var bytes: Int64 = 0
        /// When one of its files was last written or given its name, in seconds since 1970.
        public internal(set) var changedAt: Int64 = 0
    }

    /// The contents, in no order.
    public internal(set) var contents: [Content] = []

    /// The names of files that the store did not make.
    public internal(set) var foreign: [String] = []
}

extension ContentReference {
    /// Reads the name of a content or of a file beside one, `<sha256>.<row>` or `<sha256>.<row>.<part>`.
    ///
    /// - Parameter fileName: The file's name without directories.
    init?(fileName: Substring) {
        let parts = fileName.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let digest = SHA256Digest(hex: String(parts[0])), let id = Int64(parts[1]), id > 0
        else { return nil }
        self.init(id: id, digest: digest)
        // Only the spelling that this program writes: it is what would be unlinked.
        guard fileName.hasPrefix(description) else { return nil }
    }
}
