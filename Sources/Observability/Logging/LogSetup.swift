public import Logging

/// Makes the log handlers of the process.
public enum LogSetup {
    /// Sends all loggers of the process to an output; call it once, before the first logger is made.
    ///
    /// - Parameters:
    ///   - format: The form of the lines; nil means text on a terminal, else JSON.
    ///   - threshold: The lowest severity that is logged; change its level to change all loggers.
    ///   - output: Where lines go.
    public static func bootstrap(
        format: LogFormat?,
        threshold: LogThreshold,
        output: LogOutput = .standardError
    ) {
        let chosen = format ?? .automatic()
        LoggingSystem.bootstrap { _ in handler(format: chosen, threshold: threshold, output: output) }
    }

    /// Makes the handler of a format.
    ///
    /// - Parameters:
    ///   - format: The form of the lines.
    ///   - threshold: The lowest severity that is logged.
    ///   - output: Where lines go.
    /// - Returns: The handler.
    public static func handler(
        format: LogFormat,
        threshold: LogThreshold,
        output: LogOutput
    ) -> any LogHandler {
        switch format {
        case .json: JSONLogHandler(threshold: threshold, output: output)
        case .text: TextLogHandler(threshold: threshold, output: output)
        }
    }
}
