public import Cryptography
public import ZipArchive

/// What can go wrong when content is stored or opened.
public enum ContentStoreError: Error, Sendable, Equatable {
    /// A system call on a file of the store.
    public enum Operation: String, Sendable {
        case open
        case create
        case write
        case read
        case lock
        case synchronize = "fsync"
        case rename
        case makeDirectory = "mkdir"
        case changeOwner = "chown"
        case remove = "unlink"
        case list = "readdir"
        case examine = "stat"
    }

    /// The archive cannot be served, and why.
    case unreadableArchive(ZipError)
    /// The file to take in does not exist or is no regular file.
    case noSuchFile(path: String)
    /// The disk or a quota is full.
    case full
    /// A content that the database refers to is not there: lost.
    case missing(ContentReference)
    /// A member index that is not what was written.
    case damagedIndex(ContentReference, IndexError)
    /// Another failure of the file system.
    case system(Operation, path: String, code: Int32)
    /// The digest could not be computed.
    case digest(CryptographyError)
}

extension ContentStoreError: CustomStringConvertible {
    /// A sentence for the operator or the author of a manifest.
    public var description: String {
        switch self {
        case .unreadableArchive(let error): "\(error)"
        case .noSuchFile(let path): "no such file: \(path)"
        case .full: "no space left in the store"
        case .missing(let content): "content \(content) is missing"
        case .damagedIndex(let content, let error): "the member index of content \(content): \(error)"
        case .system(let operation, let path, let code): "\(operation.rawValue) of \(path) failed with error \(code)"
        case .digest(let error): "\(error)"
        }
    }
}
