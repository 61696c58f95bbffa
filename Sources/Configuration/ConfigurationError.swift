/// Everything that is wrong with the configuration, so that it can be put right in one go.
public struct ConfigurationError: Error, Equatable {
    /// One fault, of one setting.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// Where the fault is, as its author wrote it: `ARTIFACTD_WORKERS`, or `artifactd.yaml: workers`.
        public let place: String

        /// What is wrong with it; never the value of a secret.
        public let message: String

        /// The place and the fault, one line.
        public var description: String { "\(place): \(message)" }
    }

    /// The faults: those of the file first, then those of the environment, then contradictions between settings.
    public let problems: [Problem]
}

extension ConfigurationError: CustomStringConvertible {
    /// One line for each fault.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
