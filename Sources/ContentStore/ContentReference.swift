public import Cryptography

/// Names a stored content: what it holds, and which row of the database it belongs to.
///
/// The row's number is a part of the file's name. Content that is being removed and the same content taken in again
/// meanwhile are therefore two files, and unlinking the one can never lose the other.
public struct ContentReference: Sendable, Hashable, CustomStringConvertible {
    /// The number of the content's row.
    public let id: Int64
    /// SHA-256 of the bytes.
    public let digest: SHA256Digest

    /// Names a content.
    ///
    /// - Parameters:
    ///   - id: The number of the content's row.
    ///   - digest: SHA-256 of the bytes.
    public init(id: Int64, digest: SHA256Digest) {
        self.id = id
        self.digest = digest
    }

    /// The file's place below the store's `contents` directory: two levels of directories by digest.
    public var relativePath: String {
        var name = digest.hex
        return name.withUTF8 { name in
            var path: [UInt8] = []
            path.reserveCapacity(96)
            path.append(contentsOf: name.prefix(2))
            path.append(UInt8(ascii: "/"))
            path.append(contentsOf: name.dropFirst(2).prefix(2))
            path.append(UInt8(ascii: "/"))
            path.append(contentsOf: name)
            path.append(UInt8(ascii: "."))
            path.append(contentsOf: String(id).utf8)
            return String(decoding: path, as: UTF8.self)
        }
    }

    /// The same as the file's name.
    public var description: String { "\(digest.hex).\(id)" }

    /// The directories that lead to the file, the outer one first.
    var directories: [String] {
        let path = relativePath
        return [String(path.prefix(2)), String(path.prefix(5))]
    }
}
