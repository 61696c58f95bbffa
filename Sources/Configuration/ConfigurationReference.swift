/// The reference of all settings, for the README.
public enum ConfigurationReference {
    /// The line of the README before the generated text.
    public static let beginMarker = "<!-- configuration:begin -->"

    /// The line of the README after the generated text.
    public static let endMarker = "<!-- configuration:end -->"

    /// Generates what stands between the markers.
    ///
    /// - Returns: A Markdown table of all settings and a list of the variables that are none; ends in a newline.
    public static func markdown() -> String {
        let rows = Setting.all.map { setting in
            row(["`\(setting.variable)`", setting.summary, setting.grammar, code(setting.defaultText)])
        }
        let tools = ToolVariables.all.map { "- `\($0.name)`: \($0.summary).\n" }
        return row(["Variable", "Meaning", "Value", "Default"]) + row(["---", "---", "---", "---"]) + rows.joined()
            + "\nNo settings, but allowed in the environment (any other `\(Setting.prefix)…` variable is an error):\n\n"
            + tools.joined() + "- `\(ToolVariables.testPrefix)…`: read by the tests.\n"
    }

    private static func row(_ cells: [String]) -> String {
        let escaped = cells.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: #"\|"#) }
        return "| " + escaped.joined(separator: " | ") + " |\n"
    }

    /// A value is code; a sentence about a value is not.
    private static func code(_ text: String) -> String {
        if text.isEmpty { return "none" }
        return text.contains("`") || text.contains("×") || text.hasPrefix("those") ? text : "`\(text)`"
    }
}
