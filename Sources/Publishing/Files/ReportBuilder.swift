internal import Artifacts
internal import Glibc
internal import ZipArchive

/// Makes the file that is uploaded of a single file: a report.
struct ReportBuilder {
    private let chain: DirectoryChain

    init(_ chain: DirectoryChain) {
        self.chain = chain
    }

    /// Copies the file, compressed where its type is stored by gzip and it is not compressed yet.
    func build(_ path: StoredPath, _ format: FileFormat) throws(PublishError) -> (file: StagedFile, isCompressed: Bool)
    {
        let staged = try StagedFile()
        let file = try SourceFile(path, in: chain)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: ZipWriter.blockSize, alignment: 16)
        defer { block.deallocate() }
        var count = try file.read(into: block)
        let compresses = format == .gzip && !(count >= 2 && block[0] == 0x1F && block[1] == 0x8B)
        let sink = try ReportSink(staged.descriptor, compresses: compresses)
        while count > 0 {
            try sink.append(UnsafeRawBufferPointer(rebasing: block[..<count]))
            count = try file.read(into: block)
        }
        try sink.finish()
        try file.checkUnchanged()
        try staged.seal()
        return (staged, compresses)
    }
}

/// Writes bytes to a file, compressed or not.
private struct ReportSink: ~Copyable {
    private let descriptor: Int32
    private let deflater: Deflater?
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: ZipWriter.blockSize, alignment: 16)

    init(_ descriptor: Int32, compresses: Bool) throws(PublishError) {
        let deflater = compresses ? Deflater(.gzip) : nil
        if compresses, deflater == nil { throw PublishError(.internal, "there is no memory for the compressor") }
        self.deflater = deflater
        self.descriptor = descriptor
    }

    deinit {
        output.deallocate()
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(PublishError) {
        if deflater == nil { try write(bytes) } else { try compress(bytes, isLast: false) }
    }

    func finish() throws(PublishError) {
        if deflater != nil { try compress(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true) }
    }

    private func compress(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(PublishError) {
        guard let deflater else { return }
        var rest = bytes
        while true {
            let step = deflater.step(from: rest, into: output, isLast: isLast)
            try write(UnsafeRawBufferPointer(rebasing: output[..<step.produced]))
            rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
            if isLast ? step.isAtEnd : (rest.isEmpty && step.produced < output.count) { return }
        }
    }

    /// The corresponding C function is `write`.
    private func write(_ bytes: UnsafeRawBufferPointer) throws(PublishError) {
        guard let base = bytes.baseAddress else { return }
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, base + written, bytes.count - written)
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw PublishError(.internal, "the temporary file: \(SystemError.last)")
            }
        }
    }
}
