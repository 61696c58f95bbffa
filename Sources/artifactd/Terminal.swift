import Glibc

/// Lines for whoever called the program.
enum Terminal {
    /// Prints a line to standard output.
    static func print(_ line: String) { write(line + "\n", STDOUT_FILENO) }

    /// Prints a line to standard error.
    static func error(_ line: String) { write(line + "\n", STDERR_FILENO) }

    /// Whether somebody watches standard error, so that a progress bar makes sense.
    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

    /// Draws over the current line of standard error.
    static func redraw(_ line: String) { write("\r\u{1B}[K" + line, STDERR_FILENO) }

    private static func write(_ text: String, _ descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
