internal import Cryptography

/// A secret that signs URLs, shared with the web server that verifies them.
///
/// It prints as its identifier, so that no log can come to hold the secret.
public struct SigningKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Names the key in URLs: 16 hexadecimal digits of a SHA-256, from which the secret cannot be found.
    public let id: String
    let secret: String

    /// The shortest secret: 32 hexadecimal digits hold 128 random bits.
    public static let minimumLength = 32
    /// The longest secret, which fits a line of the web server's configuration.
    public static let maximumLength = 512

    /// Takes a secret.
    ///
    /// - Parameter secret: The secret, already checked.
    /// - Throws: `algorithmUnavailable` where there is no SHA-256.
    init(secret: String) throws(CryptographyError) {
        self.secret = secret
        // Not the plain digest, which might stand elsewhere as the digest of the same text.
        id = String(try SHA256Digest(hashing: Array("artifactd cdn key \(secret)".utf8)).hex.prefix(16))
    }

    /// The identifier.
    public var description: String { id }

    /// The identifier.
    public var debugDescription: String { id }
}

/// The keys of one file: the first signs, all are valid.
public struct SigningKeys: Sendable {
    /// The key that signs.
    public let current: SigningKey
    /// Every valid key, the one that signs first.
    public let all: [SigningKey]

    /// Reads the text of a key file.
    ///
    /// One key a line; white space around it, empty lines and lines that begin with `#` do not count. A key is made of
    /// letters, digits and `+/=_-`, which is hexadecimal and both forms of Base64, and stands for itself in the
    /// configuration of nginx.
    ///
    /// - Parameter text: The text.
    /// - Throws: ``SigningKeyError``, which names the line and never its content.
    public init(parsing text: String) throws(SigningKeyError) {
        var keys: [SigningKey] = []
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let word = Self.trimmed(line)
            guard let first = word.first, first != UInt8(ascii: "#") else { continue }
            let key = try Self.key(word, line: index + 1)
            guard !keys.contains(where: { $0.id == key.id }) else { throw .repeated(line: index + 1) }
            keys.append(key)
        }
        guard let current = keys.first else { throw .none }
        self.current = current
        all = keys
    }

    /// The keys as nginx needs them: which secret verifies the URLs that name a key.
    ///
    /// A name that is not in the map has no secret, and `cdn.conf` refuses it.
    public var webServerMap: String {
        let entries = all.map { "    \"\($0.id)\" \"\($0.secret)\";\n" }.joined()
        return "map $artifactd_cdn_key $artifactd_cdn_secret {\n    default \"\";\n\(entries)}\n"
    }

    private static func trimmed(_ line: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        var rest = line.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }

    private static func key(_ word: Substring.UTF8View, line: Int) throws(SigningKeyError) -> SigningKey {
        guard word.allSatisfy(characters.contains) else { throw .character(line: line) }
        guard word.count >= SigningKey.minimumLength else { throw .short(line: line) }
        guard word.count <= SigningKey.maximumLength else { throw .long(line: line) }
        do { return try SigningKey(secret: String(Substring(word))) } catch { throw .cryptography(error) }
    }

    private static let characters: Set<UInt8> = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-".utf8
    )
}
