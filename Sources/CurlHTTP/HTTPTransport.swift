/// What sends requests and waits for their answers.
///
/// A protocol, so that whoever decides about answers can be tested without a network.
public protocol HTTPTransport {
    /// Sends a request and reads its response.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - limit: How many milliseconds it may take in all.
    ///   - onProgress: Gets the number of bytes of the body that were sent so far, several times a second.
    /// - Returns: The response, whatever its status.
    /// - Throws: ``TransferError`` where there is none.
    func perform(_ call: HTTPCall, limit: Int64, onProgress: (Int64) -> Void) throws(TransferError) -> HTTPReply
}
