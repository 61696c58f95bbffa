public import Logging

/// Writes log events as lines for human eyes: time, severity, message, then `key=value`.
///
/// Control characters are escaped, so that no value can start a line or drive the terminal. Every text is redacted.
public struct TextLogHandler: LogHandler {
    private var core: LogHandlerCore

    /// Makes a handler, for `LoggingSystem.bootstrap`.
    ///
    /// - Parameters:
    ///   - threshold: The lowest severity that is logged, shared by all loggers.
    ///   - output: Where lines go.
    public init(threshold: LogThreshold, output: LogOutput = .standardError) {
        core = LogHandlerCore(format: .text, output: output, threshold: threshold)
    }

    /// The fields of every line of this logger.
    public var metadata: Logger.Metadata {
        get { core.metadata }
        set { core.metadata = newValue }
    }

    /// Fields that are looked up for each line.
    public var metadataProvider: Logger.MetadataProvider? {
        get { core.metadataProvider }
        set { core.metadataProvider = newValue }
    }

    /// The lowest severity that this logger logs: its own, else the shared one.
    public var logLevel: Logger.Level {
        get { core.logLevel }
        set { core.logLevel = newValue }
    }

    /// Reads or sets one field.
    ///
    /// - Parameter key: The field's name.
    /// - Returns: The field's value, if it is set.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { core.metadata[key] }
        set { core.metadata[key] = newValue }
    }

    /// Writes an event as one line.
    ///
    /// - Parameter event: What happened.
    public func log(event: LogEvent) { core.log(event) }
}
