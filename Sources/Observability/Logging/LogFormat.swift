import Glibc

/// The form of log lines.
public enum LogFormat: Sendable {
    /// One JSON object a line.
    case json
    /// One line for human eyes.
    case text

    /// Chooses the form for standard error: text on a terminal, JSON elsewhere.
    ///
    /// - Returns: The form.
    public static func automatic() -> LogFormat {
        isatty(STDERR_FILENO) == 1 ? .text : .json
    }
}
