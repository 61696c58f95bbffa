import Yams

/// Composes a document, keys that are there twice included.
///
/// The parser refuses a repeated key before there is a tree, with a line but no path. So the first of the two is renamed
/// by a marker in the source, the document composed again, and `Fields` tells the path when it meets the marker.
enum DuplicateKeys {
    /// A character for private use, which no key of a manifest holds.
    static let marker = "\u{E000}"

    static func compose(_ yaml: String) throws(ManifestError) -> Node? {
        var text = yaml
        for _ in 0..<ProblemList.limit {
            do {
                return try Yams.compose(yaml: text, .basic, .default, .utf8)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                guard let marked = mark(keys.min() ?? "", at: context.mark, in: text) else {
                    throw .invalid([ManifestProblem(at: context.mark, "a key of this mapping is there twice")])
                }
                text = marked
            } catch {
                throw .invalid([ManifestProblem(syntax: error)])
            }
        }
        throw .invalid([ManifestProblem(path: "document", sentence: "too many keys are there twice")])
    }

    /// Puts the marker before the key that stands at the position, inside its quotes if it has some.
    private static func mark(_ key: String, at mark: Mark, in text: String) -> String? {
        let scalars = text.unicodeScalars
        var position = scalars.startIndex
        for _ in 1..<max(mark.line, 1) {
            guard let lineBreak = scalars[position...].firstIndex(of: "\n") else { return nil }
            position = scalars.index(after: lineBreak)
        }
        guard scalars.index(position, offsetBy: mark.column - 1, limitedBy: scalars.endIndex) != nil else { return nil }
        position = scalars.index(position, offsetBy: mark.column - 1)
        if position < scalars.endIndex, scalars[position] == "\"" || scalars[position] == "'" {
            position = scalars.index(after: position)
        }
        guard !key.isEmpty, scalars[position...].starts(with: key.unicodeScalars) else { return nil }
        return String(scalars[..<position]) + marker + String(scalars[position...])
    }
}

extension ManifestProblem {
    fileprivate init(at mark: Mark, _ sentence: String) {
        self.init(path: "line \(mark.line), column \(mark.column)", sentence: sentence)
    }

    /// A syntax error; the parser's own text would quote the line, and a token with it.
    fileprivate init(syntax error: any Error) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            self.init(at: mark, "not YAML: \(problem)")
        case YamlError.reader(let problem, _, _, _):
            self.init(path: "document", sentence: "not YAML: \(problem)")
        default:
            self.init(path: "document", sentence: "not YAML")
        }
    }
}
