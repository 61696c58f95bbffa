import Glibc

/// Inflates a stream by libz and by what this build has, in pieces: the bytes and the verdict must be the same.
///
/// Only `ARTIFACTD_ISAL=1` makes it compare two libraries; without it libz in pieces is compared with libz in one go.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzInflate(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let exercise = InflateExercise(fuzzed: UnsafeRawBufferPointer(start: data, count: count)) else { return 0 }
    if let difference = exercise.difference() {
        // What is printed would stay in the buffer.
        _ = write(STDERR_FILENO, difference + "\n", difference.utf8.count + 1)
        preconditionFailure("the libraries differ")
    }
    return 0
}
