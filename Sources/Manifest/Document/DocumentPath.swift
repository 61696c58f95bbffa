/// Where a value stands in the document: `projects[0].pipelines[2].jobs[1].name`.
///
/// Links to its parent and is spelled out only for a message, so that a large document costs no text a value.
indirect enum DocumentPath: Hashable, Sendable, CustomStringConvertible {
    case root
    case key(DocumentPath, String)
    case index(DocumentPath, Int)

    subscript(key: String) -> DocumentPath { .key(self, key) }

    subscript(index: Int) -> DocumentPath { .index(self, index) }

    var description: String {
        switch self {
        case .root: "document"
        case .key(.root, let key): key
        case .key(let parent, let key): "\(parent).\(key)"
        case .index(let parent, let index): "\(parent)[\(index)]"
        }
    }
}
