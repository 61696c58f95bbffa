/// Why nothing, or not all, was published.
public struct PublishError: Error, Equatable, Sendable {
    /// Whose fault it is, which decides about the exit status.
    public enum Kind: Equatable, Sendable {
        /// Arguments that make no sense together.
        case usage
        /// Something that was named is missing, or is not what it should be.
        case data
        /// The server cannot be reached, or cannot do its work now.
        case unavailable
        /// The time for all of it is over.
        case outOfTime
        /// A fault of this program or of the machine it runs on, or an answer that cannot be.
        case `internal`
        /// The token does not allow it.
        case permission
        /// The token, the file of certificates or the URL is not usable.
        case configuration
        /// A signal asked for an end.
        case interrupted(signal: Int32)
    }

    /// Whose fault it is.
    public var kind: Kind
    /// What there is to say about it, in one line.
    public var message: String

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - kind: Whose fault it is.
    ///   - message: What there is to say about it.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The status to end with (sysexits.h), or 128 and the signal as shells have it.
    public var exitStatus: Int32 {
        switch kind {
        case .usage: 64
        case .data: 65
        case .unavailable, .outOfTime: 69
        case .internal: 70
        case .permission: 77
        case .configuration: 78
        case .interrupted(let signal): 128 + signal
        }
    }
}
