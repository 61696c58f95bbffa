/// A directory of an archive, with all that a listing needs to know before it reads its page.
public struct MemberDirectory: Equatable, Sendable {
    /// The entries below it, at any depth, in byte order of their paths.
    public let subtree: Range<Int>

    /// The number of directories directly in it.
    public let directoryCount: Int

    /// The number of files and symbolic links directly in it.
    public let fileCount: Int

    let firstChild: Int

    /// The number of its children, directories and files.
    public var childCount: Int { directoryCount + fileCount }
}
