public import Logging

/// One log line in the making: the fixed fields first, then the rest in the order of the calls.
///
/// The log handlers use it, and so may the one line a request that has no dictionary to spare. Every text is redacted
/// (see ``Redaction``) and cut to ``longestText``.
public struct LogRecord {
    /// The longest text of one field, in bytes; what is longer is cut.
    public static let longestText = 8192

    private let format: LogFormat
    private(set) var bytes: [UInt8] = []

    /// Starts a line.
    ///
    /// - Parameters:
    ///   - level: The severity.
    ///   - message: What happened: a constant sentence.
    ///   - format: The form of the line.
    public init(_ level: Logger.Level, _ message: String, format: LogFormat) {
        self.init(level, message, format: format, time: .now())
    }

    init(_ level: Logger.Level, _ message: String, format: LogFormat, time: WallTime) {
        self.format = format
        bytes.reserveCapacity(512)
        switch format {
        case .json:
            bytes.append(contentsOf: #"{"time":""#.utf8)
            time.append(to: &bytes)
            bytes.append(contentsOf: #"","severity":""#.utf8)
            bytes.append(contentsOf: LogRecord.severity(level).utf8)
            bytes.append(contentsOf: #"","message":"#.utf8)
            LogText.appendJSON(LogRecord.safe(message), to: &bytes)
        case .text:
            time.append(to: &bytes)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: LogRecord.severity(level).utf8)
            bytes.append(UInt8(ascii: " "))
            LogText.appendEscaped(LogRecord.safe(message), to: &bytes)
        }
    }

    /// Adds a text.
    ///
    /// - Parameters:
    ///   - key: The field's key; a line has each key at most once.
    ///   - value: The text.
    public mutating func add(_ key: LogKey, _ value: String) { add(name: key.rawValue, text: value) }

    /// Adds a whole number.
    ///
    /// - Parameters:
    ///   - key: The field's key; a line has each key at most once.
    ///   - value: The number.
    public mutating func add(_ key: LogKey, _ value: Int) { add(name: key.rawValue, integer: value) }

    /// Adds a fraction, with six decimals.
    ///
    /// - Parameters:
    ///   - key: The field's key; a line has each key at most once.
    ///   - value: The number; one that is not finite becomes null.
    public mutating func add(_ key: LogKey, _ value: Double) { add(name: key.rawValue, fraction: value) }

    /// Ends the line and writes it.
    ///
    /// - Parameter output: Where the line goes.
    public consuming func write(to output: LogOutput) { output.write(finish()) }

    /// Ends the line.
    consuming func finish() -> [UInt8] {
        var line = bytes
        if format == .json { line.append(UInt8(ascii: "}")) }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    mutating func add(name: String, text: String) {
        start(name)
        let value = Redaction.isSecretName(name) ? Redaction.placeholder : LogRecord.safe(text)
        format == .json ? LogText.appendJSON(value, to: &bytes) : LogText.appendWord(value, to: &bytes)
    }

    mutating func add(name: String, integer: Int) {
        start(name)
        bytes.append(contentsOf: String(integer).utf8)
    }

    mutating func add(name: String, fraction: Double) {
        start(name)
        LogText.appendFraction(fraction, to: &bytes)
    }

    mutating func add(name: String, boolean: Bool) {
        start(name)
        bytes.append(contentsOf: (boolean ? "true" : "false").utf8)
    }

    private mutating func start(_ name: String) {
        switch format {
        case .json:
            bytes.append(UInt8(ascii: ","))
            LogText.appendJSON(LogRecord.safe(name), to: &bytes)
            bytes.append(UInt8(ascii: ":"))
        case .text:
            bytes.append(UInt8(ascii: " "))
            LogText.appendWord(LogRecord.safe(name), to: &bytes)
            bytes.append(UInt8(ascii: "="))
        }
    }

    private static func safe(_ text: String) -> String {
        LogText.cut(Redaction.masked(text), to: longestText)
    }

    /// The names that GitLab's logs use.
    private static func severity(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .notice: "NOTICE"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}
