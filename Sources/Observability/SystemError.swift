import Glibc

/// The words of the system for an error number.
enum SystemError {
    /// The corresponding C function is `strerror(3)`, which glibc made thread-safe in 2.32.
    static func text(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
