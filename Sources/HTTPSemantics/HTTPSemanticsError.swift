/// Why bytes that a client sent are not what the protocol allows.
///
/// Every case is the client's error. The descriptions hold nothing that the client sent, so they may be shown and logged.
public enum HTTPSemanticsError: Error, Equatable, Sendable {
    /// The request target is neither origin-form nor absolute-form (RFC 9112 §3.2).
    case malformedRequestTarget
    /// The query holds a bad percent sign, invalid UTF-8 or a NUL.
    case malformedQuery
    /// A parameter's value is not one that the parameter allows.
    case invalidParameter(ParameterName)

    /// The name of a parameter that this module reads by itself.
    ///
    /// A closed list, so that an error never repeats text of the client.
    public enum ParameterName: String, Sendable {
        /// The number of the wanted page.
        case page
        /// The size of a page.
        case perPage = "per_page"
    }
}

extension HTTPSemanticsError: CustomStringConvertible {
    /// The sentence that the client may read.
    public var description: String {
        switch self {
        case .malformedRequestTarget: "request target is invalid"
        case .malformedQuery: "query is invalid"
        case .invalidParameter(let name): "\(name.rawValue) is invalid"
        }
    }
}
