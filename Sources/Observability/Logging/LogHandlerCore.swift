import Logging

/// What both log handlers share: fields, level and how an event becomes a line.
struct LogHandlerCore: Sendable {
    let format: LogFormat
    let output: LogOutput
    let threshold: LogThreshold
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?

    /// Names that a line has already; metadata of that name would make a second field.
    private static let reserved: Set<String> = ["time", "severity", "message"]

    init(format: LogFormat, output: LogOutput, threshold: LogThreshold) {
        self.format = format
        self.output = output
        self.threshold = threshold
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    func log(_ event: LogEvent) {
        var record = LogRecord(event.level, event.message.description, format: format, time: output.now())
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields[LogKey.error.rawValue] = .string("\(error)") }
        if let id = fields.removeValue(forKey: LogKey.correlationID.rawValue) {
            LogHandlerCore.add(LogKey.correlationID.rawValue, id, to: &record)
        }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            LogHandlerCore.add(LogHandlerCore.reserved.contains(name) ? "extra.\(name)" : name, value, to: &record)
        }
        record.write(to: output)
    }

    private static func add(_ name: String, _ value: Logger.MetadataValue, to record: inout LogRecord) {
        switch value {
        case .string(let text): record.add(name: name, text: text)
        case .stringConvertible(let value): add(name, value, to: &record)
        case .dictionary(let fields):
            for (inner, value) in fields.sorted(by: { $0.key < $1.key }) {
                add("\(name).\(inner)", value, to: &record)
            }
        case .array: record.add(name: name, text: value.description)
        }
    }

    private static func add(
        _ name: String,
        _ value: any CustomStringConvertible & Sendable,
        to record: inout LogRecord
    ) {
        switch value {
        case let number as Int: record.add(name: name, integer: number)
        case let number as Double: record.add(name: name, fraction: number)
        case let flag as Bool: record.add(name: name, boolean: flag)
        default: record.add(name: name, text: value.description)
        }
    }
}
