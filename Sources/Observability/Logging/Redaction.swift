/// Masks secrets in any text that might reach a log: the last line of defence, after not logging them at all.
///
/// Masked are words that look like tokens (`glpat-…`), values of query parameters, headers, JSON members and connection
/// string keywords whose names end in `token`, `password`, `secret` or `signature`, bearer credentials, and the user
/// information of URIs. In doubt it masks too much. One pass over the bytes; a text without secrets is returned as it is.
public enum Redaction {
    /// What stands in place of a secret.
    public static let placeholder = "[FILTERED]"

    /// Masks the secrets in a text.
    ///
    /// - Parameter text: Any text.
    /// - Returns: The text with ``placeholder`` for each secret.
    public static func masked(_ text: String) -> String {
        var text = text
        let masked = text.withUTF8 { source -> String? in
            var scanner = SecretScanner(source)
            return scanner.mask().map { String(decoding: $0, as: UTF8.self) }
        }
        return masked ?? text
    }

    /// Tells whether a field of this name holds a secret, whatever its value looks like.
    ///
    /// - Parameter name: The name of a parameter, header or field.
    /// - Returns: Whether its value must be masked.
    public static func isSecretName(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { SecretName.kind(of: $0[...]) != nil }
    }
}
