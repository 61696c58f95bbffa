/// The central directory of a zip archive, found and bounded but not read yet.
///
/// The archive's directory is all that intake trusts, and only after its checks: local headers and data are checked when
/// a member is read. ``MemberIndexBuilder`` reads the records.
public struct CentralDirectory: Sendable {
    /// The archive's size in bytes.
    public let archiveSize: Int64

    /// Position of the first record in the file.
    public let offset: Int64

    /// Length of the directory in bytes.
    public let size: Int64

    /// Bytes before the archive proper, as a self-extracting archive has them.
    public let prefix: Int64

    /// The number of members that the end record announces.
    public let announcedMemberCount: Int

    let isZip64: Bool
    let file: ArchiveFile
    let limits: ZipLimits

    /// Finds the directory of an archive from the file's end (APPNOTE 4.3.6, 4.3.16).
    ///
    /// - Parameters:
    ///   - file: The archive; it is kept open by the directory.
    ///   - limits: What the archive may ask of the machine.
    /// - Throws: ``ZipError`` when the file is not a zip archive, is truncated, split or above the limits.
    public init(of file: ArchiveFile, limits: ZipLimits = ZipLimits()) throws(ZipError) {
        do {
            archiveSize = try file.size()
        } catch {
            throw .io(error)
        }
        let limits = limits.clamped
        let location = try DirectoryLocator(file: file, fileSize: archiveSize, limits: limits).locate()
        offset = location.offset
        size = location.size
        prefix = location.prefix
        announcedMemberCount = location.memberCount
        isZip64 = location.isZip64
        self.file = file
        self.limits = limits
    }
}
