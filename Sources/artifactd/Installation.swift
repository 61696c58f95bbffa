import Glibc

/// Where the files are that belong to the program.
enum Installation {
    /// Finds a file or a directory: beside the sources that the program was built from, else where a package installs it.
    ///
    /// - Parameters:
    ///   - inSources: Its path in the sources.
    ///   - installedAs: Its path in an installation.
    /// - Returns: A path, whether or not there is anything.
    static func path(inSources: String, installedAs: String) -> String {
        if let executable = ProcessEnvironment.executable(), let build = executable.lastStart(of: "/.build/") {
            let beside = "\(executable[..<build])/\(inSources)"
            if access(beside, R_OK) == 0 { return beside }
        }
        return "/usr/share/artifactd/\(installedAs)"
    }

    /// The description of the API, or `nil` where it is not installed.
    ///
    /// - Parameter migrations: Where the migrations were said to be; an installation has the document beside them.
    /// - Returns: Its bytes.
    static func openAPI(migrations: String?) -> [UInt8]? {
        let installed = path(inSources: "deploy/openapi.yaml", installedAs: "openapi.yaml")
        return migrations.flatMap { read("\($0)/../openapi.yaml") } ?? read(installed)
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var document: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count == 0 { return document }
            if count > 0 { document += block[..<count] } else if errno != EINTR { return nil }
        }
    }
}

extension String {
    /// The start of the last occurrence of a text.
    fileprivate func lastStart(of text: String) -> String.Index? {
        indices.last { self[$0...].hasPrefix(text) }
    }
}
