/// Why a zip could not be written.
public enum ZipWriteError: Error, Equatable, Sendable {
    /// A name has no bytes, or more than the format has room for (APPNOTE 4.4.10).
    case nameLength(Int)
    /// A file brought another number of bytes than was announced.
    case sizeWrong(announced: Int64, found: Int64)
    /// There is no memory for the compressor.
    case outOfMemory
    /// A system call failed.
    case io(FileError)
}

extension ZipWriteError: CustomStringConvertible {
    /// One sentence, without names.
    public var description: String {
        switch self {
        case .nameLength(let count): "A zip archive cannot hold a name of \(count) bytes."
        case .sizeWrong(let announced, let found): "\(announced) bytes were announced, and \(found) came."
        case .outOfMemory: "There is no memory for the compressor."
        case .io(let error): error.description
        }
    }
}
