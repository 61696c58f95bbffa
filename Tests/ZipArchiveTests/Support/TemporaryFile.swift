import Glibc

/// A file without a name, gone with its last descriptor.
final class TemporaryFile {
    let descriptor: Int32

    init(_ bytes: [UInt8] = []) throws {
        var template = Array("/tmp/zip-archive-test-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        unlink(template)
        try write(bytes, at: 0)
    }

    deinit {
        close(descriptor)
    }

    struct Failure: Error {
        var code: Int32
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws {
        var written = 0
        while written < bytes.count {
            let step = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor,
                    buffer.baseAddress.map { $0 + written },
                    buffer.count - written,
                    Int(offset) + written
                )
            }
            guard step > 0 else { throw Failure(code: errno) }
            written += step
        }
    }

    func resize(to size: Int64) throws {
        guard ftruncate(descriptor, Int(size)) == 0 else { throw Failure(code: errno) }
    }

    func contents() throws -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(code: errno) }
        let count = Int(status.st_size)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = max(0, pread(descriptor, buffer.baseAddress, count, 0))
        }
    }
}
