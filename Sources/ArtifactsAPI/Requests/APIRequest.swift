internal import FastCGI
internal import HTTPSemantics
internal import Observability

/// A request as the endpoints see it: method, target and the fields that they need, parsed once.
struct APIRequest {
    let method: Method
    let target: RequestTarget
    let query: Query
    /// The conditions and the range that the client set (RFC 9110 §13 and §14).
    let conditions: Conditions
    let requestID: String
    private let parameters: Parameters

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - parameters: The parameters that the web server sent.
    ///   - requestID: The identifier that log, answer and audit trail share.
    /// - Throws: `RequestFailure.badRequest` where target or query are malformed.
    init(_ parameters: Parameters, requestID: String) throws(RequestFailure) {
        self.parameters = parameters
        self.requestID = requestID
        method = Method(parameters.bytes("REQUEST_METHOD") ?? [])
        conditions = Conditions(
            ifMatch: parameters["HTTP_IF_MATCH"],
            ifNoneMatch: parameters["HTTP_IF_NONE_MATCH"],
            ifModifiedSince: parameters["HTTP_IF_MODIFIED_SINCE"],
            ifUnmodifiedSince: parameters["HTTP_IF_UNMODIFIED_SINCE"],
            ifRange: parameters["HTTP_IF_RANGE"],
            range: parameters["HTTP_RANGE"]
        )
        do {
            target = try RequestTarget(Array(parameters.bytes("REQUEST_URI") ?? []))
            query = try Query(target.query)
        } catch {
            throw .badRequest
        }
    }

    /// The identifier of a request: what the web server passed on, if it may stand in a log, else a new one.
    ///
    /// - Parameter parameters: The parameters that the web server sent.
    /// - Returns: 1 to 64 harmless characters.
    static func identifier(of parameters: Parameters) -> String {
        RequestID.accepting(parameters["REQUEST_ID"]).description
    }

    /// A request field.
    ///
    /// - Parameter name: The field's name as a CGI parameter, such as `HTTP_RANGE`.
    /// - Returns: The value, or `nil` where the client did not send the field.
    func field(_ name: StaticString) -> String? { parameters[name] }

    /// A request field that may stand on several lines.
    ///
    /// - Parameter name: The field's name as a CGI parameter.
    /// - Returns: The value of each line, in the order in which they were sent.
    func lines(_ name: StaticString) -> [ArraySlice<UInt8>] { parameters.all(name) }

    /// The address that asked the web server, as text.
    var peer: ArraySlice<UInt8>? { parameters.bytes("REMOTE_ADDR") }
}
