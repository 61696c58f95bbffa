/// The content type of a file, by its name and, for text, by its first bytes.
public enum MediaType {
    /// What is sent for a file of unknown kind.
    public static let unknown = "application/octet-stream"

    /// What is sent for content that is shown as it is.
    public static let plainText = "text/plain; charset=utf-8"

    /// How many bytes `isText` wants to see.
    public static let sniffedLength = 512

    /// Looks up the content type of a file by its extension, whose case does not matter.
    ///
    /// As Go's `mime.TypeByExtension`, and so GitLab Workhorse, does: types of the `text` tree carry `charset=utf-8`, all others
    /// carry no parameter. JSON and XML-based image types define none, or say it in the content.
    ///
    /// - Parameter name: The file's name or path.
    /// - Returns: The value of `Content-Type`, `application/octet-stream` for an unknown extension or none.
    public static func contentType(fileName name: String) -> String {
        guard let key = extensionKey(of: name) else { return unknown }
        var candidates = table[...]
        while let middle = candidates.indices.isEmpty ? nil : candidates.startIndex + candidates.count / 2 {
            if table[middle].key == key { return table[middle].contentType }
            candidates = table[middle].key < key ? candidates[(middle + 1)...] : candidates[..<middle]
        }
        return unknown
    }

    /// Decides whether content is text.
    ///
    /// - Parameter prefix: The first 512 bytes, or all if there are fewer; what is beyond is not looked at.
    /// - Returns: Whether they hold none of 00–08, 0B, 0E–1A, 1C–1F. Empty content has no text to show: false, its type follows
    ///   from the extension.
    public static func isText(prefix: some Collection<UInt8>) -> Bool {
        !prefix.isEmpty && prefix.prefix(sniffedLength).allSatisfy { $0 >= 0x20 || textControls >> UInt32($0) & 1 == 1 }
    }

    /// The control characters of text: tab, line feed, form feed, carriage return and escape.
    private static let textControls: UInt32 = 1 << 0x09 | 1 << 0x0A | 1 << 0x0C | 1 << 0x0D | 1 << 0x1B

    private static let table = knownTypes.flatMap(entries).sorted { $0.key < $1.key }

    private static func entries(of type: (name: String, extensions: String)) -> [(key: UInt64, contentType: String)] {
        let contentType = type.name.hasPrefix("text/") ? type.name + "; charset=utf-8" : type.name
        return type.extensions.split(separator: " ").compactMap { text in
            packed(text.utf8).map { (key: $0, contentType: contentType) }
        }
    }

    /// The extension of a file's name as a number.
    private static func extensionKey(of name: String) -> UInt64? {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        return packed(name.utf8[dot...].dropFirst())
    }

    /// Up to eight characters in lower case, packed into one number; nil if there are none, or more.
    private static func packed(_ text: Substring.UTF8View) -> UInt64? {
        guard (1...8).contains(text.count) else { return nil }
        return text.reduce(0) { $0 << 8 | UInt64($1.lowercased) }
    }
}
