import ArgumentParser
import Configuration

/// The option that every command with settings has.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: "A YAML file with settings; the environment wins.")
    var file: String?

    /// The settings in force.
    func load() throws(CommandFailure) -> Configuration {
        do {
            return try Configuration.load(environment: ProcessEnvironment.variables(), file: file)
        } catch {
            throw CommandFailure(status: .configuration, message: error.description)
        }
    }
}
