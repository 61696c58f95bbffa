import Yams

/// The keys and values of a configuration file, and what is wrong with it as a whole.
struct ConfigurationFile {
    /// A value as far as YAML tells.
    enum Value {
        /// A scalar; a list of scalars joined by commas; empty for null.
        case text(String)
        /// Something that no setting takes, in words.
        case unsuitable(String)
    }

    let path: String
    var entries: [(key: String, value: Value)] = []
    var problems: [ConfigurationError.Problem] = []

    /// Reads and parses a file; faults are collected, not thrown, so that they are reported with all others.
    static func read(_ path: String) -> ConfigurationFile {
        var file = ConfigurationFile(path: path)
        do throws(ConfigurationError.Problem.Reason) {
            file.parse(try TextFile.read(path))
        } catch {
            file.report(error.message)
        }
        return file
    }

    /// Parses the text of a file; each key is one setting.
    mutating func parse(_ text: String) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            report(ConfigurationFile.describe(error))
            return
        }
        guard let root, !ConfigurationFile.isNull(root) else { return }
        guard let mapping = root.mapping else {
            report("not a mapping of settings to values")
            return
        }
        for (key, value) in mapping {
            entries.append((key.scalar?.string ?? "(a key that is not a word)", ConfigurationFile.value(value)))
        }
    }

    private mutating func report(_ message: String) {
        problems.append(ConfigurationError.Problem(place: path.isEmpty ? "configuration file" : path, message: message))
    }

    private static func value(_ node: Node) -> Value {
        switch node {
        case .scalar(let scalar):
            return .text(isNull(node) ? "" : scalar.string)
        case .sequence(let sequence):
            let items = sequence.compactMap(\.scalar?.string)
            return items.count == sequence.count ? .text(items.joined(separator: ",")) : .unsuitable("a nested list")
        case .mapping:
            return .unsuitable("a mapping")
        case .alias:
            return .unsuitable("an alias")
        }
    }

    /// A plain `null`, `~` or nothing (YAML 1.2, section 10.3.2); quoted, they are text.
    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The problem and its place, without the excerpt that the parser prints: it may hold a password.
    private static func describe(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line), column \(mark.column): \(problem)"
        case .reader(let problem, _, _, _):
            problem
        case .duplicatedKeysInMapping(let duplicates, _):
            "duplicate key: " + duplicates.sorted().joined(separator: ", ")
        default:
            "not YAML"
        }
    }
}
