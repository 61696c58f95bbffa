import Glibc
import Testing

@testable import Configuration

/// Loads and expects success.
func load(_ environment: [String: String] = [:], file: String? = nil) throws -> Configuration {
    try Configuration.load(environment: environment, file: file)
}

/// Loads and returns the lines of the error; none if it succeeded.
func problems(_ environment: [String: String] = [:], file: String? = nil) -> [String] {
    do throws(ConfigurationError) {
        _ = try Configuration.load(environment: environment, file: file)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// Runs a body with a file of its own, which is removed afterwards.
func withFile<Result>(_ content: String, _ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/artifactd-configuration-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    let bytes = Array(content.utf8)
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    return try body(path)
}
