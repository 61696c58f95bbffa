import Glibc

extension ConfigurationError.Problem {
    /// Why a file could not be read.
    struct Reason: Error {
        let message: String

        init(_ message: String) { self.message = message }

        /// The system's words for the last failed call; read errno before anything else can change it.
        static func lastSystemError(_ operation: String) -> Reason {
            let code = errno
            return Reason("\(operation): \(strerror(code).map { String(cString: $0) } ?? "error \(code)")")
        }
    }
}

/// Reads a small text file whole.
enum TextFile {
    /// No configuration is larger; something else was named by mistake.
    static let sizeLimit = 1 << 20

    /// Reads a file of UTF-8 text.
    ///
    /// - Parameter path: The path of the file.
    /// - Returns: The whole text.
    /// - Throws: The reason in words.
    static func read(_ path: String) throws(ConfigurationError.Problem.Reason) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .lastSystemError("cannot open") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while let chunk = try readChunk(descriptor) {
            bytes += chunk
            guard bytes.count <= sizeLimit else { throw .init("larger than \(sizeLimit) bytes") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .init("not UTF-8 text") }
        return text
    }

    /// The next bytes; nil at the end.
    ///
    /// The corresponding C function is `read(2)`.
    private static func readChunk(_ descriptor: Int32) throws(ConfigurationError.Problem.Reason) -> [UInt8]? {
        var count = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, initialized in
            repeat {
                count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else { throw .lastSystemError("cannot read") }
        return count == 0 ? nil : chunk
    }
}
