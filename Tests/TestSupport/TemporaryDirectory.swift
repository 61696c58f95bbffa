import Foundation

/// A directory of one test, removed with its content when the test lets go of it.
public final class TemporaryDirectory: Sendable {
    /// The absolute path.
    public let path: String

    /// Makes an empty directory below the system's temporary directory.
    ///
    /// - Throws: When it cannot be made.
    public init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - name: The file's name in the directory.
    ///   - content: The bytes.
    /// - Throws: When it cannot be written.
    public func write(_ name: String, _ content: [UInt8]) throws {
        try Data(content).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    /// Writes a text file.
    ///
    /// - Parameters:
    ///   - name: The file's name in the directory.
    ///   - content: The text.
    /// - Throws: When it cannot be written.
    public func write(_ name: String, _ content: String) throws {
        try write(name, Array(content.utf8))
    }
}
