import Glibc

/// Reads the `.sql` files of a directory.
struct MigrationDirectory {
    let path: String

    /// Reads all migrations, in no particular order.
    func load() throws(MigrationError) -> [Migration] {
        var migrations: [Migration] = []
        for name in try fileNames() where name.hasSuffix(".sql") {
            let script = try read(name)
            migrations.append(try Migration(fileName: name, script: script))
        }
        return migrations
    }

    private func fileNames() throws(MigrationError) -> [String] {
        guard let directory = opendir(path) else { throw .unreadable(path: path, errno: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private func read(_ name: String) throws(MigrationError) -> String {
        let bytes = try readBytes("\(path)/\(name)")
        guard !bytes.contains(0), let script = String(validating: bytes, as: UTF8.self) else { throw .notText(name) }
        return script
    }

    private func readBytes(_ file: String) throws(MigrationError) -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: file, errno: errno) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: file, errno: errno) }
            guard count > 0 else { return content }
            content.append(contentsOf: block.prefix(count))
        }
    }
}
