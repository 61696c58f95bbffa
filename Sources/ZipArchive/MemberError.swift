/// Why a member cannot be read; the rest of its archive may well be readable.
public enum MemberError: Error, Equatable, Sendable {
    /// What contradicts what in a damaged member.
    public enum Damage: String, Sendable {
        /// The central directory's record is not as it was indexed (APPNOTE 4.3.12).
        case record = "the record of the central directory is damaged"
        /// There is no local header where the directory says (APPNOTE 4.3.7).
        case localHeader = "no local header at the offset that the directory tells"
        /// The data would reach past the file or into the central directory.
        case extent = "the data run out of the archive"
        /// The file is shorter than when it was indexed.
        case truncated = "the file ends before the data do"
        /// The sizes cannot both be right.
        case size = "the sizes contradict each other or the data"
        /// The compressed data are not deflate (RFC 1951).
        case stream = "the deflate stream is damaged"
        /// The data are not those that the CRC-32 was made of.
        case checksum = "the CRC-32 of the data is wrong"
        /// A directory that only paths imply has no data.
        case noData = "an implied directory has no data"
    }

    /// The member is encrypted (APPNOTE 4.4.4, bit 0).
    case encrypted
    /// The compression method is neither stored nor deflate (APPNOTE 4.4.5).
    case unsupportedMethod(UInt16)
    /// The archive is damaged where the member is.
    case corrupt(Damage)
    /// A system call failed.
    case io(FileError)
}

extension MemberError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The sentence for the client, in the contract's words and without a status.
    public var description: String {
        switch self {
        case .encrypted: "Encrypted members are not supported"
        case .unsupportedMethod(let method): "Compression method \(method) is not supported"
        case .corrupt: "Archive is corrupt"
        case .io: "Archive could not be read"
        }
    }

    /// The detail for the log.
    public var debugDescription: String {
        switch self {
        case .encrypted, .unsupportedMethod: description
        case .corrupt(let damage): "\(description): \(damage.rawValue)"
        case .io(let error): "\(description): \(error)"
        }
    }
}
