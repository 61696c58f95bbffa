import Glibc

extension ManifestDocument {
    /// No document is nearly as large; a device or the wrong file may be.
    private static let largest = 256 << 20

    /// Reads a document from a file.
    ///
    /// - Parameter path: The file.
    /// - Returns: The document.
    /// - Throws: `.unreadable`, or `.invalid` with up to 20 problems.
    public static func load(path: String) throws(ManifestError) -> ManifestDocument {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, errno) }
            guard count > 0 else { break }
            bytes += block[..<count]
            guard bytes.count <= largest else { throw unreadable(path, EFBIG) }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid([ManifestProblem(path: "document", sentence: "is not UTF-8")])
        }
        return try ManifestDocument(parsing: text)
    }

    private static func unreadable(_ path: String, _ code: Int32) -> ManifestError {
        .unreadable("cannot read \(path): \(SystemMessage.of(code))")
    }
}
