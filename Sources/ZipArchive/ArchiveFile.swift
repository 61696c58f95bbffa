import Glibc

/// A file open for reading at positions.
///
/// It has no file position of its own, so that any number of threads may read through one descriptor at once.
public final class ArchiveFile: Sendable {
    /// The open file descriptor; valid as long as this object lives.
    public let descriptor: Int32

    private let closesDescriptor: Bool

    /// Opens a file read-only and close-on-exec.
    ///
    /// The corresponding C function is `open`.
    ///
    /// - Parameter path: The path of the file.
    /// - Throws: ``FileError`` when the file cannot be opened.
    public init(path: String) throws(FileError) {
        var opened = open(path, O_RDONLY | O_CLOEXEC)
        while opened < 0, errno == EINTR {
            opened = open(path, O_RDONLY | O_CLOEXEC)
        }
        guard opened >= 0 else { throw FileError(.open, code: errno) }
        descriptor = opened
        closesDescriptor = true
    }

    /// Wraps a descriptor that is open already.
    ///
    /// An upload is read through the descriptor that it was written with: it may have no name yet.
    ///
    /// - Parameters:
    ///   - descriptor: A descriptor open for reading.
    ///   - closing: Whether this object closes it at the end of its life.
    public init(descriptor: Int32, closing: Bool) {
        self.descriptor = descriptor
        closesDescriptor = closing
    }

    deinit {
        if closesDescriptor { close(descriptor) }
    }

    /// The file's size in bytes, asked anew at each call.
    ///
    /// The corresponding C function is `fstat`.
    ///
    /// - Returns: The size in bytes.
    /// - Throws: ``FileError`` when the descriptor cannot be examined.
    public func size() throws(FileError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.stat, code: errno) }
        return Int64(status.st_size)
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// The corresponding C function is `pread`, repeated after short reads and interruptions.
    ///
    /// - Parameters:
    ///   - buffer: Where the bytes go.
    ///   - offset: The position of the first byte in the file.
    /// - Returns: The number of bytes read; fewer than the buffer holds only at the end of the file.
    /// - Throws: ``FileError`` when the file cannot be read.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var filled = 0
        while filled < buffer.count {
            let (position, overflow) = offset.addingReportingOverflow(Int64(filled))
            guard !overflow else { return filled }
            let count = pread(descriptor, base + filled, buffer.count - filled, off_t(position))
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw FileError(.read, code: errno)
            }
        }
        return filled
    }
}

extension ArchiveFile {
    /// Fills a buffer wholly, or says that the file does not reach that far.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(ZipError) -> Bool {
        do throws(FileError) {
            return try read(into: buffer, at: offset) == buffer.count
        } catch {
            throw .io(error)
        }
    }
}
