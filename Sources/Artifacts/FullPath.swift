/// The full path of a group or project, such as `acme/platform/site`.
///
/// Paths compare regardless of case: `key` is the form to look up and to keep unique.
public struct FullPath: Sendable, Hashable {
    /// Why a text is no path.
    public struct ValidationError: Error, Sendable, Equatable, CustomStringConvertible {
        /// A sentence for the author of the manifest.
        public let description: String
    }

    /// The path as written.
    public let text: String

    /// Checks and takes over a path.
    ///
    /// - Parameter text: Segments of letters, digits, `_`, `-`, `.`, `+`, joined by `/`; none starts with `-`, and none
    ///   is `.` or `..`.
    /// - Throws: ``ValidationError`` with a sentence that says which rule was broken.
    public init(parsing text: String) throws(ValidationError) {
        guard !text.isEmpty, text.utf8.count <= 1024 else {
            throw ValidationError(description: "a path has 1 to 1024 bytes")
        }
        for segment in text.split(separator: "/", omittingEmptySubsequences: false) {
            try Self.validate(segment)
        }
        self.text = text
    }

    /// The form that paths are compared in.
    public var key: String { Self.key(of: text) }

    /// The path of the group above, or `nil` at the top.
    public var parent: FullPath? {
        guard let slash = text.lastIndex(of: "/") else { return nil }
        return FullPath(unchecked: String(text[..<slash]))
    }

    /// The last segment.
    public var lastComponent: String {
        text.split(separator: "/").last.map(String.init) ?? text
    }

    /// Folds a path's case, for a lookup that needs no check: what is no path is not found.
    ///
    /// - Parameter text: Any text.
    /// - Returns: Its lower-case form.
    public static func key(of text: String) -> String { text.lowercased() }

    private init(unchecked text: String) { self.text = text }

    private static func validate(_ segment: Substring) throws(ValidationError) {
        if segment.isEmpty {
            throw ValidationError(description: "a path has no empty segment")
        }
        if segment == "." || segment == ".." {
            throw ValidationError(description: "\(segment) is no path segment")
        }
        if segment.hasPrefix("-") {
            throw ValidationError(description: "a path segment does not start with -: \(segment)")
        }
        guard segment.allSatisfy({ $0.isLetter || $0.isNumber || "_-.+".contains($0) }) else {
            throw ValidationError(description: "a path segment holds letters, digits, _, -, . and + only: \(segment)")
        }
    }
}
