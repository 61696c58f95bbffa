/// A system call on a file that failed.
///
/// The path is deliberately not part of it: the error may reach a client.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system calls that this module makes on files.
    public enum Operation: String, Sendable {
        /// open(2).
        case open
        /// fstat(2).
        case stat
        /// pread(2).
        case read
        /// pwrite(2).
        case write
        /// mmap(2).
        case map
    }

    /// The call that failed.
    public let operation: Operation

    /// The `errno` that it left.
    public let code: Int32

    /// A failed call.
    ///
    /// - Parameters:
    ///   - operation: The call that failed.
    ///   - code: The `errno` that it left.
    public init(_ operation: Operation, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// The operation and the error's number, with neither path nor content.
    public var description: String { "The \(operation.rawValue) of a file failed with error \(code)." }
}
