internal import Cryptography
internal import HTTPSemantics

/// The field `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): of requests with the same one, by the same access
/// token, only the first makes something; the others get what it has made.
///
/// A client that lost an answer asks again, and can be sure that there is one pipeline and one job.
struct IdempotencyKey: Equatable {
    /// Long enough to be drawn at random.
    private static let lengths = 16...255
    private static let prefix = "api:"

    private let text: String

    /// Reads the field; `nil` where there is none.
    ///
    /// - Parameter request: The request.
    /// - Throws: `RequestFailure` where it is no key: visible ASCII, as a string of RFC 9651 or without its quotes.
    init?(_ request: APIRequest) throws(RequestFailure) {
        guard let field = request.field("HTTP_IDEMPOTENCY_KEY"), !field.isEmpty else { return nil }
        try self.init(field)
    }

    /// Reads the field's value.
    init(_ field: String) throws(RequestFailure) {
        let quote = UInt8(ascii: "\"")
        var bytes = Array(field.utf8)[...]
        if bytes.count >= 2, bytes.first == quote, bytes.last == quote { bytes = bytes.dropFirst().dropLast() }
        guard Self.lengths.contains(bytes.count),
            bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != quote && $0 != UInt8(ascii: "\\") })
        else { throw .parameters([.invalid("Idempotency-Key")]) }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// What is stored of it: whoever reads the database does not learn it, and no other token finds the same.
    ///
    /// - Parameter token: The digest of the access token.
    /// - Returns: A key that no manifest has.
    /// - Throws: `RequestFailure` where libcrypto fails.
    func stored(for token: SHA256Digest) throws(RequestFailure) -> String {
        try Self.prefix + Hex.encode(derived("key", token))
    }

    /// A secret that only who knows the access token and this key can know, and that is the same each time.
    ///
    /// - Parameters:
    ///   - purpose: Tells secrets apart.
    ///   - token: The digest of the access token.
    /// - Returns: 32 bytes.
    /// - Throws: `RequestFailure` where libcrypto fails.
    func derived(_ purpose: String, _ token: SHA256Digest) throws(RequestFailure) -> [UInt8] {
        do {
            return try HMACSHA256.authenticate("\(purpose):\(text)", key: token.bytes).bytes
        } catch {
            throw .internal(cause: error.description)
        }
    }
}
