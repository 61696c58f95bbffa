import ArgumentParser
import Configuration

/// Prints the settings in force.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the effective configuration, secrets masked, and where each value comes from."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            Terminal.print(try options.load().describe())
        }
    }
}
