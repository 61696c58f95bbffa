import Yams

/// A manifest that has been read and that does not contradict itself.
///
/// What can be decided without the database is decided here: keys, types, values, what is given twice. Tokens are
/// already digests, so nothing that is done with a document can show one.
public struct ManifestDocument {
    let users: [UserEntry]
    let groups: [GroupEntry]
    let projects: [ProjectEntry]

    /// Reads a document.
    ///
    /// - Parameter text: YAML or JSON.
    /// - Throws: `.invalid` with up to 20 problems.
    public init(parsing text: String) throws(ManifestError) {
        try self.init(parsing: text, budget: 5_000_000)
    }

    /// Reads a document of at most so many values.
    init(parsing text: String, budget: Int) throws(ManifestError) {
        let reader = DocumentReader(budget: budget)
        let root = try DuplicateKeys.compose(JSONEscapes.joiningSurrogates(in: text)) ?? Node("")
        let fields = DocumentNode(node: root, path: .root, reader: reader).fields()
        users = fields?.list("users") { UserEntry(reading: $0) } ?? []
        groups = fields?.list("groups") { GroupEntry(reading: $0) } ?? []
        projects = fields?.list("projects") { ProjectEntry(reading: $0) } ?? []
        fields?.finish()
        DuplicateCheck(problems: reader.problems).run(self)
        try reader.problems.throwIfAny()
    }
}
