extension Configuration {
    /// Prints the effective configuration for `artifactd config`: `NAME=value  # origin`, one line a setting.
    ///
    /// The assignments are valid shell; passwords are masked.
    ///
    /// - Returns: The lines, in the order of the reference.
    public func describe() -> String {
        Setting.all
            .map { "\($0.variable)=\(Self.shellWord($0.show(self)))  # \(origin(of: $0.name).rawValue)\n" }
            .joined()
    }

    /// A word that a POSIX shell reads as the text (Shell Command Language, section 2.2.2).
    private static func shellWord(_ text: String) -> String {
        let plain = "/:.,_-+%@="
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || plain.contains($0)) }
        if isPlain { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
