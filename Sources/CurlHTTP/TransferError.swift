/// Why no response came.
public struct TransferError: Error, Equatable, Sendable {
    /// What kind of failure it was, as far as it matters to whoever might try again.
    public enum Kind: Sendable {
        /// The network, or the other side: another try may do better.
        case connection
        /// The call took longer than it may.
        case timeout
        /// The caller asked for an end.
        case interrupted
        /// The other side's certificate, or the file of certificates: another try will not do better.
        case trust
        /// The body's file could not be read.
        case body
        /// libcurl itself.
        case libcurl
    }

    /// What kind of failure it was.
    public var kind: Kind
    /// What libcurl says, without the URL's query.
    public var message: String

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - kind: What kind of failure it was.
    ///   - message: What there is to say about it.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

extension TransferError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
