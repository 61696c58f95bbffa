public import Cryptography
internal import Glibc

/// The file that is uploaded, complete before anything is asked of the server.
///
/// It has no name, so nothing of it is left whatever happens, and its digest is known, by which the server sees whether it got
/// the same bytes and whether it has them already.
public final class StagedFile {
    private static let blockSize = 256 << 10

    let descriptor: Int32
    /// How many bytes it has.
    public private(set) var length: Int64 = 0
    /// The digest of its bytes.
    public private(set) var digest: SHA256Digest?

    /// Makes an empty file in `TMPDIR`, or in `/tmp`; the corresponding C functions are `open` with `O_TMPFILE`, else `mkstemp`.
    init() throws(PublishError) {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let place = directory.isEmpty ? "/tmp" : directory
        var descriptor = open(place, Int32(O_RDWR | O_CLOEXEC) | Self.unnamed, 0o600)
        if descriptor < 0 {
            var template = Array("\(place)/artifactd-publish-XXXXXX".utf8CString)
            descriptor = mkstemp(&template)
            if descriptor >= 0 { unlink(template) }
        }
        guard descriptor >= 0 else {
            throw PublishError(.internal, "no temporary file in \(place): \(SystemError.last)")
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// `O_TMPFILE` of Linux: `__O_TMPFILE | O_DIRECTORY`, which Swift does not import.
    private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY

    /// Reads what was written, and so comes to know length and digest.
    func seal() throws(PublishError) {
        do {
            digest = try hash()
        } catch {
            throw PublishError(.internal, "the temporary file: \(error)")
        }
    }

    /// The corresponding C function is `pread`.
    private func hash() throws -> SHA256Digest {
        var hasher = try SHA256Hasher()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockSize, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = pread(descriptor, block.baseAddress, block.count, off_t(length))
            if count == 0 { break }
            if count > 0 {
                try hasher.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
                length += Int64(count)
            } else if errno != EINTR {
                throw SystemError.last
            }
        }
        return try hasher.finalize()
    }
}
