import Yams

/// One value of the document, with its path.
struct DocumentNode {
    let node: Node
    let path: DocumentPath
    let reader: DocumentReader

    func report(_ sentence: String) {
        reader.problems.report(path, sentence)
    }

    /// YAML's null: nothing, `~` or `null`, not quoted.
    var isNull: Bool {
        guard let plain = plainText else { return false }
        return plain.isEmpty || plain == "~" || plain == "null" || plain == "Null" || plain == "NULL"
    }

    /// The text of a scalar that is not quoted, the only kind that can be a number, a boolean or null.
    var plainText: String? {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return nil }
        return scalar.string
    }

    /// The mapping's keys and values, or nil and a problem.
    func fields() -> Fields? {
        guard case .mapping(let mapping) = node else {
            expected("a mapping")
            return nil
        }
        guard reader.admits(mapping.count, at: path) else { return nil }
        return Fields(mapping, of: self)
    }

    /// The list's elements, or nil and a problem.
    func elements() -> [DocumentNode]? {
        guard case .sequence(let sequence) = node else {
            expected("a list")
            return nil
        }
        guard reader.admits(sequence.count, at: path) else { return nil }
        return sequence.enumerated().map { DocumentNode(node: $1, path: path[$0], reader: reader) }
    }

    func expected(_ wanted: String) {
        report("expected \(wanted), found \(found)")
    }

    private var found: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        case .scalar(let scalar): isNull ? "null" : Quotation.of(scalar.string)
        }
    }
}
