/// Why an archive is refused at intake.
///
/// Records are counted from one, as a person would; names are not repeated, because they are the uploader's bytes.
public enum ZipError: Error, Equatable, Sendable {
    /// There is no end of central directory record (APPNOTE 4.3.16), and the file does not begin like a zip either.
    case notAZip
    /// The file begins like a zip, but its end is missing.
    case truncated
    /// The end record points outside of the file.
    case directoryOutOfBounds
    /// A record of the central directory cannot be read.
    case directoryCorrupt(record: Int)
    /// The directory holds another number of records than its end record announces.
    case memberCountWrong(announced: Int, found: Int)
    /// The data of two members share bytes.
    case overlappingMembers(first: Int, second: Int)
    /// A member's data run into the central directory or past it.
    case memberOutOfBounds(record: Int)
    /// More records than ``ZipLimits/members``, or more directories than ``ZipLimits/impliedDirectories``.
    case tooManyMembers(limit: Int)
    /// A directory above ``ZipLimits/directoryBytes``.
    case directoryTooLarge(limit: Int64)
    /// The archive is one of several volumes (APPNOTE 8).
    case multiDisk
    /// The zip64 end record (APPNOTE 4.3.14) is announced, but missing or of an unknown form.
    case unsupportedZip64
    /// A system call failed.
    case io(FileError)
}

extension ZipError: CustomStringConvertible {
    /// One sentence that says what is wrong, safe to show to the uploader.
    public var description: String {
        switch self {
        case .notAZip: "The file is not a zip archive."
        case .truncated: "The zip archive is truncated: the end of its central directory is missing."
        case .directoryOutOfBounds: "The central directory of the zip archive lies outside of the file."
        case .directoryCorrupt(let record): "Record \(record) of the central directory is corrupt."
        case .memberCountWrong(let announced, let found):
            "The central directory holds \(found) members where \(announced) are announced."
        case .overlappingMembers(let first, let second):
            "The zip archive has overlapping members: number \(first) and number \(second)."
        case .memberOutOfBounds(let record): "Member number \(record) lies outside of the zip archive's data."
        case .tooManyMembers(let limit): "The zip archive has more than \(limit) members or directories."
        case .directoryTooLarge(let limit): "The central directory is larger than \(limit) bytes."
        case .multiDisk: "The zip archive is split into several volumes, which is not supported."
        case .unsupportedZip64: "The zip64 end of central directory record is missing or not supported."
        case .io: "The zip archive could not be read."
        }
    }
}
