/// What an archive may ask of the machine at intake.
///
/// Reading is streamed and bounded by itself; what grows with the archive is the memory and the file of its index.
public struct ZipLimits: Equatable, Sendable {
    /// The largest number of records in the central directory.
    public var members: Int

    /// The largest central directory in bytes, and the most that the names in it may take in UTF-8.
    public var directoryBytes: Int64

    /// The largest number of directories that are only implied by the paths of members.
    ///
    /// One name of 65,535 bytes can imply 32,767 directories: without a limit a small archive makes a huge index.
    public var impliedDirectories: Int

    /// The limits of one archive.
    ///
    /// - Parameters:
    ///   - members: The largest number of records in the central directory.
    ///   - directoryBytes: The largest central directory in bytes.
    ///   - impliedDirectories: The largest number of directories that only paths imply.
    public init(
        members: Int = 10_000_000,
        directoryBytes: Int64 = 1 << 30,
        impliedDirectories: Int = 1_000_000
    ) {
        self.members = members
        self.directoryBytes = directoryBytes
        self.impliedDirectories = impliedDirectories
    }

    /// The same limits within what the index's 32-bit numbers can count.
    var clamped: ZipLimits {
        ZipLimits(
            members: max(0, min(members, 1 << 29)),
            directoryBytes: max(0, directoryBytes),
            impliedDirectories: max(0, min(impliedDirectories, 1 << 29))
        )
    }
}
