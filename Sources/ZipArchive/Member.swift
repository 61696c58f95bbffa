/// One entry of an archive as its index tells it: a file, a symbolic link or a directory.
///
/// Its name is not part of it: a lookup knows the name already, and a value without it needs no allocation.
public struct Member: Equatable, Sendable {
    /// What a member is.
    public enum Kind: UInt8, Sendable {
        /// A file.
        case file = 0
        /// A directory; its path ends in a slash.
        case directory = 1
        /// A symbolic link; its data are the target's path.
        case symlink = 2
    }

    /// What is particular about a member.
    public struct Flags: OptionSet, Sendable {
        /// The stored bits.
        public let rawValue: UInt8

        /// Flags from their stored bits.
        ///
        /// - Parameter rawValue: The stored bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A directory without a record of its own: only the paths of members imply it.
        public static let synthesized = Flags(rawValue: 1)
        /// Encrypted (APPNOTE 4.4.4, bit 0).
        public static let encrypted = Flags(rawValue: 2)
        /// Compressed by a method other than stored and deflate (APPNOTE 4.4.5).
        public static let unsupportedMethod = Flags(rawValue: 4)
    }

    /// The entry's number in the index: entries are in byte order of their paths.
    public let index: Int
    /// File, directory or symbolic link.
    public let kind: Kind
    /// What is particular about it.
    public let flags: Flags
    /// The compression method (APPNOTE 4.4.5): 0 is stored, 8 is deflate.
    public let method: UInt16
    /// CRC-32 of the data.
    public let crc32: UInt32
    /// Length of the data in the archive.
    public let compressedSize: Int64
    /// Length of the data.
    public let uncompressedSize: Int64
    /// Position of the local header in the file.
    public let localHeaderOffset: Int64
    /// Position of the central directory's record in the file, for verbatim copies; 0 if synthesized.
    public let recordOffset: Int64
    /// Length of that record; 0 if synthesized.
    public let recordLength: Int
    /// The record's number in the archive's own order; of no meaning if synthesized.
    public let ordinal: Int
    /// File type and permissions as `st_mode` has them; `0o100644` where the archive tells none.
    public let mode: UInt16
    /// Time of the last change in MS-DOS form, two seconds fine, without a time zone (APPNOTE 4.4.6).
    public let dosTime: UInt16
    /// Date of the last change in MS-DOS form (APPNOTE 4.4.6).
    public let dosDate: UInt16

    /// Where the path is in the index.
    let nameOffset: UInt64
    let nameLength: Int
    /// The number of the directory, of no meaning for others.
    let directory: UInt32
    /// Where the central directory begins: no member's data may reach further.
    let dataLimit: Int64
}
