extension Configuration {
    /// Who sends the bytes of whole archives.
    public enum Delivery: String, Sendable, CaseIterable {
        /// The web server, after `X-Accel-Redirect`.
        case accel
        /// The server or object store behind a signed URL, after a 302.
        case redirect
    }

    /// How faithfully downloads and changes are recorded.
    public enum Audit: String, Sendable, CaseIterable {
        /// Nothing is recorded.
        case off
        /// Records are written in batches; a crash loses at most one second of them.
        case on
        /// The record is part of the deciding statement; when it cannot be written, the answer is 503.
        case strict
    }

    /// The severities of log lines, lowest first.
    public enum LogLevel: String, Sendable, CaseIterable {
        /// Every step, for following one request through the code.
        case trace
        /// Decisions that help to find a fault.
        case debug
        /// One line a request, and what the server did of itself.
        case info
        /// Rare events of normal operation: start, stop, reload.
        case notice
        /// Something to look at that harmed no request.
        case warning
        /// A request or a task failed through our fault.
        case error
        /// The server cannot go on.
        case critical
    }

    /// The form of log lines.
    public enum LogFormat: String, Sendable, CaseIterable {
        /// ``json``, or ``text`` when the log goes to a terminal.
        case auto
        /// One JSON object a line.
        case json
        /// One line for human eyes.
        case text
    }

    /// Where the value of a setting comes from.
    public enum Origin: String, Sendable {
        /// Nobody set it.
        case `default`
        /// An `ARTIFACTD_…` variable.
        case environment
        /// A key of the configuration file.
        case file
    }
}
