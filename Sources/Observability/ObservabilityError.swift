/// What can go wrong while the server starts to be observed; nothing here fails once it runs.
public struct ObservabilityError: Error, Equatable {
    /// The kinds of failure.
    public enum Code: Sendable, Equatable {
        /// The text is not `host:port`, or the host has no address.
        case invalidAddress
        /// Another process listens on the address.
        case addressInUse
        /// The address cannot be listened on.
        case cannotListen
        /// The system gave no thread.
        case cannotStartThread
        /// The metric or label name is not one that Prometheus accepts.
        case invalidMetricName
        /// The metric is registered already.
        case duplicateMetric
    }

    /// The kind of failure.
    public let code: Code

    /// What it happened to: an address or a metric name.
    public let subject: String

    /// The system's words, if a system call failed.
    public let detail: String

    init(_ code: Code, _ subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    /// Compares code and subject; the system's words are for people.
    ///
    /// - Parameters:
    ///   - left: One error.
    ///   - right: Another error.
    /// - Returns: Whether both tell of the same failure.
    public static func == (left: ObservabilityError, right: ObservabilityError) -> Bool {
        left.code == right.code && left.subject == right.subject
    }
}

extension ObservabilityError: CustomStringConvertible {
    /// A sentence for the operator that names the address or the metric.
    public var description: String {
        let reason = detail.isEmpty ? "" : ": \(detail)"
        return switch code {
        case .invalidAddress: "\"\(subject)\" is not an address to listen on (host:port)\(reason)"
        case .addressInUse: "\(subject) is in use by another process"
        case .cannotListen: "cannot listen on \(subject)\(reason)"
        case .cannotStartThread: "cannot start a thread for \(subject)\(reason)"
        case .invalidMetricName: "\"\(subject)\" is not a metric or label name"
        case .duplicateMetric: "the metric \(subject) is registered twice"
        }
    }
}
