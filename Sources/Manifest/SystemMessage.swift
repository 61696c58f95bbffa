import Glibc

/// What the system says about an error number.
enum SystemMessage {
    /// The corresponding C function is strerror_r(3), in its POSIX form.
    static func of(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: base)
        }
    }
}
