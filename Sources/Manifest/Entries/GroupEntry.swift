import Artifacts

/// An element of `groups`.
///
/// A group that is created without a visibility is public: it then limits no project, as a parent that is only implied.
struct GroupEntry {
    let path: DocumentPath
    let fullPath: FullPath
    let id: Int64?
    let visibility: Visibility?
    let lists: AccessLists

    init?(reading node: DocumentNode) {
        guard let fields = node.fields() else { return nil }
        path = node.path
        let fullPath = fields.required("path") { $0.fullPath() }
        id = fields.value("id") { $0.id() }
        visibility = fields.value("visibility") { $0.choice(Visibility.self) }
        lists = AccessLists(reading: fields)
        fields.finish()
        guard let fullPath else { return nil }
        self.fullPath = fullPath
    }
}
