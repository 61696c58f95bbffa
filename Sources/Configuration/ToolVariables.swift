/// Variables with the server's prefix that are no settings: tools of the project read them.
///
/// Any other unknown variable is an error, so that a misspelt setting cannot go unnoticed.
public enum ToolVariables {
    /// The variable that names the configuration file.
    public static let configurationFile = "ARTIFACTD_CONFIG"

    /// The variables and what they are for.
    public static let all: [(name: String, summary: String)] = [
        (configurationFile, "the configuration file, if `--config` names none"),
        ("ARTIFACTD_TOKEN", "the access token of the publishing client"),
        ("ARTIFACTD_WARNINGS_AS_ERRORS", "read by the build: warnings are errors"),
        ("ARTIFACTD_ISAL", "read by the build: `1` inflates single files with ISA-L"),
        ("ARTIFACTD_REQUIRE_TOOLS", "read by the tests: a missing tool is a failure, not a skipped test"),
    ]

    /// What the variables of the tests start with.
    public static let testPrefix = "ARTIFACTD_TEST_"

    /// Tells whether a variable belongs to a tool.
    ///
    /// - Parameter name: The whole name of the variable.
    /// - Returns: Whether the server leaves it alone.
    public static func contains(_ name: String) -> Bool {
        name.hasPrefix(testPrefix) || all.contains { $0.name == name }
    }
}
