internal import Glibc

/// Finds what is at and below the paths that were named.
struct TreeWalk {
    private let chain: DirectoryChain
    private let excludes: [PathPattern]
    private let warn: (String) -> Void
    private var found: [[UInt8]: TreeEntry] = [:]

    init(_ chain: DirectoryChain, excludes: [PathPattern], warn: @escaping (String) -> Void) {
        self.chain = chain
        self.excludes = excludes
        self.warn = warn
    }

    /// Everything, once each, in the order of the bytes of the names.
    mutating func entries(at paths: [StoredPath]) throws(PublishError) -> [TreeEntry] {
        for path in paths {
            guard let status = try chain.status(path) else {
                throw PublishError(.data, "\(path.text): there is no such file or directory")
            }
            try visit(path, status)
        }
        guard !found.isEmpty else { throw PublishError(.data, "there is nothing to publish") }
        return found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    private mutating func visit(_ path: StoredPath, _ status: stat) throws(PublishError) {
        guard !excludes.contains(where: { $0.matches(path.text) }) || path.names.isEmpty else { return }
        guard let entry = TreeEntry(path, status) else {
            warn("\(path.text): skipped, as it is neither a file, a directory nor a symbolic link")
            return
        }
        if path.text.contains("\\") {
            warn("\(path.text): a file whose name has a backslash cannot be downloaded by itself")
        }
        if !path.names.isEmpty { found[entry.sortKey] = entry }
        if entry.kind == .directory { try visitChildren(of: path) }
    }

    private mutating func visitChildren(of path: StoredPath) throws(PublishError) {
        for name in try names(in: path) {
            let child = path.appending(name)
            // What is gone again was never there.
            if let status = try chain.status(child) { try visit(child, status) }
        }
    }

    /// The corresponding C functions are `fdopendir` and `readdir`.
    private func names(in path: StoredPath) throws(PublishError) -> [String] {
        // Not a copy by dup(2), which would share the position.
        let descriptor = openat(try chain.directory(path.names), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, let stream = fdopendir(descriptor) else {
            throw PublishError(.data, "\(path.text): \(SystemError.last)")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard bytes != [0x2E], bytes != [0x2E, 0x2E] else { continue }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                let shown = String(decoding: bytes, as: UTF8.self)
                throw PublishError(.data, "\(path.appending(shown).text): the name is not UTF-8")
            }
            names.append(name)
        }
        guard errno == 0 else { throw PublishError(.data, "\(path.text): \(SystemError.last)") }
        return names
    }
}

extension StoredPath {
    /// What has that name in this directory.
    func appending(_ name: String) -> StoredPath { StoredPath(names: names + [name]) }
}
