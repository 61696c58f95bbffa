internal import Glibc
internal import ZipArchive

/// What changes when somebody touches a file: its size, and when its content, attributes or links were changed last.
///
/// Nobody can set the time of change (inode(7), `ctime`), so a file that was overwritten, shortened or unlinked has
/// another one, if it was not in the same tick of the kernel's clock.
struct FileStamp: Equatable, Sendable {
    let size: Int64
    private let seconds: Int64
    private let nanoseconds: Int64

    /// Asks for it (`fstat(2)`), or is `nil` where the file cannot be examined.
    ///
    /// - Parameter file: The open file.
    init?(_ file: ArchiveFile) {
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { return nil }
        size = Int64(status.st_size)
        seconds = Int64(status.st_ctim.tv_sec)
        nanoseconds = Int64(status.st_ctim.tv_nsec)
    }
}
