/// Hides what must not be printed.
public enum SecretMask {
    /// What stands in place of a secret.
    public static let placeholder = "[FILTERED]"

    /// Hides the passwords of a libpq connection string or URI, and rather too much than too little.
    ///
    /// Follows libpq's grammar (PostgreSQL documentation, section 34.1.1): `postgresql://user:password@host/db?key=value`
    /// or `key=value key='value'`.
    ///
    /// - Parameter text: The connection string.
    /// - Returns: The same text with ``placeholder`` for each password.
    public static func connectionString(_ text: String) -> String {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") ? uri(text) : keywords(text)
    }

    private static func uri(_ text: String) -> String {
        guard let scheme = text.range(of: "://") else { return text }
        var head = text[scheme.upperBound...]
        var masked = String(text[..<scheme.upperBound])
        // A raw "/", "?" or "@" may be part of a password, so the last "@" ends the credentials.
        if let colon = head.firstIndex(of: ":"), let at = head.lastIndex(of: "@"), let first = head.firstIndex(of: "@"),
            colon < first
        {
            masked += head[..<colon] + ":" + placeholder
            head = head[at...]
        }
        let parts = head.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        masked += parts[0]
        guard parts.count == 2 else { return masked }
        let parameters = parts[1].split(separator: "&", omittingEmptySubsequences: false).map(parameter)
        return masked + "?" + parameters.joined(separator: "&")
    }

    private static func parameter(_ text: Substring) -> String {
        guard let equals = text.firstIndex(of: "="), isSecret(text[..<equals]) else { return String(text) }
        return text[...equals] + placeholder
    }

    /// Copies `key = value` pairs; a value may be quoted, with backslash escapes.
    private static func keywords(_ text: String) -> String {
        var masked = ""
        var rest = text[...]
        while let equals = rest.firstIndex(of: "=") {
            let key = rest[..<equals].split(separator: " ").last ?? ""
            let start = rest[equals...].dropFirst().firstIndex { $0 != " " } ?? rest.endIndex
            let end = endOfValue(in: rest[start...])
            masked += rest[..<start]
            masked += isSecret(key) ? placeholder[...] : rest[start..<end]
            rest = rest[end...]
        }
        return masked + rest
    }

    private static func endOfValue(in text: Substring) -> Substring.Index {
        let isQuoted = text.first == "'"
        var index = isQuoted ? text.index(after: text.startIndex) : text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case "\\": index = text.index(after: index)
            case "'" where isQuoted: return text.index(after: index)
            case " " where !isQuoted: return index
            default: break
            }
            if index < text.endIndex { index = text.index(after: index) }
        }
        return text.endIndex
    }

    /// A name with an escape may decode to any other, so it counts as a secret's.
    private static func isSecret(_ name: Substring) -> Bool {
        let lowered = name.lowercased()
        return ["password", "secret", "scram_", "%"].contains { lowered.contains($0) }
    }
}

extension StringProtocol {
    /// The first occurrence of a text.
    fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}
