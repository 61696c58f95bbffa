import Yams

/// The keys of one mapping; what nobody asked for by `finish()` is an unknown key.
final class Fields {
    let path: DocumentPath
    private let reader: DocumentReader
    private var nodes: [String: Node] = [:]
    private var order: [String] = []
    private var asked: Set<String> = []

    init(_ mapping: Node.Mapping, of owner: DocumentNode) {
        path = owner.path
        reader = owner.reader
        var merged: [Node] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                owner.report("a key is no text")
                continue
            }
            if scalar.string == "<<", scalar.style == .plain { merged.append(value) } else { add(scalar.string, value) }
        }
        for node in merged { merge(node, into: owner) }
    }

    /// The value of an optional key.
    func value<Value>(_ key: String, _ read: (DocumentNode) -> Value?) -> Value? {
        node(key).flatMap(read)
    }

    /// The value of a key that must be there.
    func required<Value>(_ key: String, _ read: (DocumentNode) -> Value?) -> Value? {
        guard let node = node(key) else {
            reader.problems.report(path[key], "is missing")
            return nil
        }
        return read(node)
    }

    /// The value of an optional key that may be null.
    func setting<Value>(_ key: String, _ read: (DocumentNode) -> Value?) -> Setting<Value>? {
        guard let node = node(key) else { return nil }
        return node.isNull ? .null : read(node).map { .value($0) }
    }

    /// The elements of an optional list; those that could not be read are left out, with a problem.
    func list<Element>(_ key: String, _ read: (DocumentNode) -> Element?) -> [Element]? {
        node(key)?.elements()?.compactMap(read)
    }

    /// Whether the key is there.
    func has(_ key: String) -> Bool { nodes[key] != nil }

    func report(_ key: String, _ sentence: String) {
        reader.problems.report(path[key], sentence)
    }

    /// Reports the keys that nobody asked for.
    func finish() {
        for key in order where !asked.contains(key) {
            if key.hasPrefix(DuplicateKeys.marker) {
                report(Quotation.of(String(key.dropFirst(DuplicateKeys.marker.count))), "is there twice")
            } else {
                report(Quotation.of(key), "unknown key")
            }
        }
    }

    private func node(_ key: String) -> DocumentNode? {
        asked.insert(key)
        return nodes[key].map { DocumentNode(node: $0, path: path[key], reader: reader) }
    }

    private func add(_ key: String, _ value: Node) {
        guard nodes[key] == nil else { return }
        nodes[key] = value
        order.append(key)
    }

    /// YAML's merge key: the mapping's own keys win, then the earlier of several merged mappings.
    private func merge(_ node: Node, into owner: DocumentNode) {
        switch node {
        case .mapping(let mapping):
            guard reader.admits(mapping.count, at: path) else { return }
            for (key, value) in mapping {
                if case .scalar(let scalar) = key { add(scalar.string, value) }
            }
        case .sequence(let sequence) where sequence.allSatisfy({ $0.mapping != nil }):
            for element in sequence { merge(element, into: owner) }
        default: reader.problems.report(path["<<"], "expected a mapping or a list of mappings")
        }
    }
}
