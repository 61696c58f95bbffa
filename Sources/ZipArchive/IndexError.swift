/// Why a member index cannot be used; the cure is to build it anew from the archive.
public enum IndexError: Error, Equatable, Sendable {
    /// The file is no member index.
    case notAnIndex
    /// The index was written by another version of the format.
    case unsupportedVersion(UInt32)
    /// A block's checksum is wrong, or what it says contradicts the rest.
    case corrupt(block: Int)
    /// A system call failed.
    case io(FileError)
}

extension IndexError: CustomStringConvertible {
    /// One sentence that says what is wrong.
    public var description: String {
        switch self {
        case .notAnIndex: "The file is not a member index."
        case .unsupportedVersion(let version): "The member index has the unsupported version \(version)."
        case .corrupt(let block): "The member index is corrupt in block \(block)."
        case .io: "The member index could not be read."
        }
    }
}
