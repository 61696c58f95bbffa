internal import Glibc
internal import ZipArchive

/// Makes the zip archive of files and directories.
struct ArchiveBuilder {
    private let chain: DirectoryChain
    private let onProgress: (_ done: Int64, _ total: Int64) throws(PublishError) -> Void

    init(_ chain: DirectoryChain, onProgress: @escaping (_ done: Int64, _ total: Int64) throws(PublishError) -> Void) {
        self.chain = chain
        self.onProgress = onProgress
    }

    /// Writes the archive; the same names, modes and contents give the same bytes.
    func build(_ entries: [TreeEntry]) throws(PublishError) -> StagedFile {
        let staged = try StagedFile()
        let writer = try Self.writing { () throws(ZipWriteError) in try ZipWriter(descriptor: staged.descriptor) }
        let total = entries.reduce(0) { $0 + ($1.kind == .file ? $1.version.size : 0) }
        var done: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ZipWriter.blockSize, alignment: 16)
        defer { buffer.deallocate() }
        for entry in entries {
            let name = Array(entry.path.text.utf8)
            switch entry.kind {
            case .directory:
                try Self.writing { () throws(ZipWriteError) in try writer.addDirectory(name, mode: entry.mode) }
            case .symlink:
                let target = try target(of: entry)
                try Self.writing { () throws(ZipWriteError) in try writer.addSymlink(name, target: target) }
            case .file:
                try add(entry, to: writer, buffer) { (count) throws(PublishError) in
                    done += Int64(count)
                    try onProgress(done, total)
                }
            }
        }
        _ = try Self.writing { () throws(ZipWriteError) in try writer.finish() }
        try staged.seal()
        return staged
    }

    private func add(
        _ entry: TreeEntry,
        to writer: ZipWriter,
        _ buffer: UnsafeMutableRawBufferPointer,
        onBlock: (Int) throws(PublishError) -> Void
    ) throws(PublishError) {
        let file = try SourceFile(entry.path, in: chain, expected: entry.version)
        try Self.writing { () throws(ZipWriteError) in
            try writer.beginFile(Array(entry.path.text.utf8), mode: entry.mode, size: entry.version.size)
        }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { break }
            try Self.writing(entry.path) { () throws(ZipWriteError) in
                try writer.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            try onBlock(count)
        }
        try file.checkUnchanged()
        try Self.writing(entry.path) { () throws(ZipWriteError) in try writer.endFile() }
    }

    /// The corresponding C function is `readlinkat`.
    private func target(of entry: TreeEntry) throws(PublishError) -> [UInt8] {
        guard let name = entry.path.names.last else { return [] }
        let parent = try chain.directory(entry.path.names.dropLast())
        var text = [UInt8](repeating: 0, count: Int(PATH_MAX) + 1)
        let capacity = text.count
        let count = text.withUnsafeMutableBytes { raw in
            raw.assumingMemoryBound(to: CChar.self).baseAddress.map { readlinkat(parent, name, $0, capacity) } ?? -1
        }
        guard count >= 0 else { throw PublishError(.data, "\(entry.path.text): \(SystemError.last)") }
        guard count == Int(entry.version.size) || entry.version.size == 0 else { throw SourceFile.changed(entry.path) }
        return Array(text[..<count])
    }

    private static func writing<Result>(
        _ path: StoredPath? = nil,
        _ body: () throws(ZipWriteError) -> Result
    ) throws(PublishError) -> Result {
        do {
            return try body()
        } catch {
            if case .sizeWrong = error, let path { throw SourceFile.changed(path) }
            throw failure(error)
        }
    }

    private static func failure(_ error: ZipWriteError) -> PublishError {
        switch error {
        case .nameLength: PublishError(.data, "\(error)")
        case .io(let file): PublishError(.internal, "the temporary file: \(SystemError(code: file.code))")
        case .sizeWrong, .outOfMemory: PublishError(.internal, "\(error)")
        }
    }
}
