/// The `Authorization` field (RFC 9110 §11.6.2), of which only the Bearer scheme (RFC 6750 §2.1) is read.
public enum AuthorizationHeader {
    /// Extracts a Bearer token.
    ///
    /// A token with characters that no token has is returned as it is: it will not be found, and a request with bad credentials
    /// must fail, not become an anonymous one.
    ///
    /// - Parameter header: The field's value, if any.
    /// - Returns: The token, or nil for no value, another scheme or an empty token.
    public static func bearerToken(_ header: String?) -> String? {
        guard let header else { return nil }
        var scanner = ByteScanner(header)
        scanner.skipWhitespace()
        guard scanner.take(while: \.isTokenCharacter).equalsIgnoringCase("bearer") else { return nil }
        guard scanner.upcoming == UInt8(ascii: " ") || scanner.upcoming == UInt8(ascii: "\t") else { return nil }
        scanner.skipWhitespace()
        let token = scanner.trimmedRemainder
        return token.isEmpty ? nil : token
    }
}
