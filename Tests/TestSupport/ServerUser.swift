import Foundation

/// Runs the server's programs, which refuse to run as root, as another user where need be.
enum ServerUser {
    private static let names = ["postgres", "nobody"]

    /// The arguments that switch the user, or none.
    static var prefix: [String] {
        guard geteuid() == 0, let name = names.first(where: { getpwnam($0) != nil }) else { return [] }
        return ["setpriv", "--reuid=\(name)", "--regid=\(group(of: name))", "--clear-groups"]
    }

    /// Gives a directory to the server's user.
    static func own(_ directory: String) throws {
        guard geteuid() == 0, let entry = names.lazy.compactMap({ getpwnam($0) }).first else { return }
        guard chown(directory, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else {
            throw PostgresCluster.Failure(description: "chown \(directory): errno \(errno)")
        }
    }

    /// A process of the server's user, not yet started, in a directory that this user can enter.
    static func process(_ arguments: [String], in directory: String) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = prefix + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String], in directory: String) throws {
        let process = process(arguments, in: directory)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let command = arguments.joined(separator: " ")
            throw PostgresCluster.Failure(description: "\(command): exit status \(process.terminationStatus)")
        }
    }

    private static func group(of name: String) -> String {
        getpwnam(name).map { String($0.pointee.pw_gid) } ?? name
    }
}
