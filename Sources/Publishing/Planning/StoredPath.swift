/// A path that was named on the command line, as it is stored: relative to the working directory.
public struct StoredPath: Equatable, Sendable {
    /// Its names; none for the working directory itself.
    public let names: [String]

    /// Reads a path without looking at any file.
    ///
    /// As gitlab-runner does, `.` and `..` are resolved by the text alone, and a path outside of the working directory is an
    /// error.
    ///
    /// - Parameters:
    ///   - argument: The path, relative or absolute.
    ///   - workingDirectories: The names that the working directory has: its own, and how the shell came there.
    /// - Throws: ``PublishError`` of the kind `data`.
    public init(_ argument: String, workingDirectories: [String]) throws(PublishError) {
        guard !argument.isEmpty else { throw PublishError(.data, "a path is empty") }
        var names: [Substring] = []
        for name in argument.split(separator: "/") where name != "." {
            if name != ".." {
                names.append(name)
            } else if names.popLast() == nil, !argument.hasPrefix("/") {
                throw Self.outside(argument)
            }
        }
        guard argument.hasPrefix("/") else {
            self.names = names.map(String.init)
            return
        }
        for directory in workingDirectories {
            let prefix = directory.split(separator: "/")
            if names.starts(with: prefix) {
                self.names = names.dropFirst(prefix.count).map(String.init)
                return
            }
        }
        throw Self.outside(argument)
    }

    /// Takes names that came from a directory.
    init(names: [String]) {
        self.names = names
    }

    private static func outside(_ argument: String) -> PublishError {
        PublishError(.data, "\(argument): outside of the working directory")
    }

    /// The path as text, `.` for the working directory.
    public var text: String { names.isEmpty ? "." : names.joined(separator: "/") }
}
