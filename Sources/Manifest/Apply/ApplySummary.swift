/// What applying a manifest did.
public struct ApplySummary: Sendable, Equatable {
    /// A kind of record that is counted; lists such as `members` count as changes of the record that has them.
    public enum Kind: String, Sendable, CaseIterable {
        /// A user.
        case user
        /// A group, one that was only implied too.
        case group
        /// A project.
        case project
        /// A pipeline.
        case pipeline
        /// A job.
        case job
        /// An artifact.
        case artifact
    }

    /// New records by kind.
    public internal(set) var created: [Kind: Int] = [:]
    /// Records that were there and have changed.
    public internal(set) var updated = 0
    /// Entries that were not in a complete list any more; tokens that were revoked for that.
    public internal(set) var removed = 0
    /// Records of the document that were as it says.
    public internal(set) var unchanged = 0

    /// Counts one record of the document.
    mutating func count(_ kind: Kind, isNew: Bool, hasChanged: Bool) {
        if isNew {
            created[kind, default: 0] += 1
        } else if hasChanged {
            updated += 1
        } else {
            unchanged += 1
        }
    }
}

extension ApplySummary: CustomStringConvertible {
    /// The last line of the command: `created 4 users, 9 jobs; updated 0; removed 0; unchanged 0`.
    public var description: String {
        let kinds = Kind.allCases.compactMap { kind -> String? in
            guard let count = created[kind], count > 0 else { return nil }
            return "\(count) \(kind.rawValue)\(count == 1 ? "" : "s")"
        }
        let creations = kinds.isEmpty ? "0" : kinds.joined(separator: ", ")
        return "created \(creations); updated \(updated); removed \(removed); unchanged \(unchanged)"
    }
}
