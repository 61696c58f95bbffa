import Foundation
import Testing

/// A program of the system that archives are exchanged with.
enum Tool {
    struct Failed: Error {
        var command: [String]
        var status: Int32
    }

    /// Whether a program is installed.
    ///
    /// Where `ARTIFACTD_REQUIRE_TOOLS` is set a missing one is a failure.
    static func isAvailable(_ name: String) -> Bool {
        if path(of: name) != nil { return true }
        guard ProcessInfo.processInfo.environment["ARTIFACTD_REQUIRE_TOOLS"] == nil else {
            Issue.record("\(name) is not installed, and ARTIFACTD_REQUIRE_TOOLS is set")
            return false
        }
        print("Skipped: \(name) is not installed.")
        return false
    }

    static func path(of name: String) -> String? {
        let directories = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return directories.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program and returns what it writes to its standard output.
    @discardableResult
    static func run(_ command: [String], in directory: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(command: command, status: process.terminationStatus) }
        return Array(data)
    }
}
