import Artifacts
import Postgres

extension ApplyRun {
    /// Makes the groups of the document, and those that are only implied as parents of groups and projects.
    func applyGroups(_ document: ManifestDocument) throws(PostgresError) {
        try loadNamespaces(document)
        let owners = try paths(ofIDs: document.groups.compactMap(\.id), column: "group_id")
        for entry in document.groups {
            let stored = namespaces.groups[entry.fullPath.key]
            checkID(
                entry.id,
                stored: stored?.id,
                owner: entry.id.flatMap { owners[$0] },
                entry.path,
                entry.fullPath.text
            )
        }
        let wanted = wantedGroups(document)
        let projects = Set(document.projects.map(\.fullPath.key)).union(namespaces.projects.keys)
        for group in wanted { check(group, projects) }
        guard problems.problems.isEmpty else { return }
        let new = wanted.filter { namespaces.groups[$0.fullPath.key] == nil }
        try reserve(new.compactMap { $0.entry?.id }, in: .groups)
        for group in wanted { try apply(group) }
    }

    private struct WantedGroup {
        let fullPath: FullPath
        /// Nil for a group that is only implied.
        let entry: GroupEntry?
        /// Where the document names or implies it.
        let path: DocumentPath
    }

    /// Parents before children, otherwise in the order of the document.
    private func wantedGroups(_ document: ManifestDocument) -> [WantedGroup] {
        var wanted: [WantedGroup] = []
        var known: Set<String> = Set(document.groups.map(\.fullPath.key))
        for entry in document.groups {
            wanted.append(WantedGroup(fullPath: entry.fullPath, entry: entry, path: entry.path["path"]))
        }
        let paths = document.groups.map { ($0.fullPath, $0.path) } + document.projects.map { ($0.fullPath, $0.path) }
        for (fullPath, path) in paths {
            for ancestor in fullPath.ancestors where known.insert(ancestor.key).inserted {
                wanted.append(WantedGroup(fullPath: ancestor, entry: nil, path: path["path"]))
            }
        }
        let depths = wanted.map { $0.fullPath.ancestors.count }
        return wanted.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }.map { wanted[$0] }
    }

    private func check(_ group: WantedGroup, _ projects: Set<String>) {
        let key = group.fullPath.key
        guard namespaces.groups[key] == nil else { return }
        if projects.contains(key) {
            problems.report(group.path, "\(group.fullPath.text) is a project, not a group")
        } else if let redirect = namespaces.redirects[key] {
            problems.report(group.path, "\(group.fullPath.text) is a previous path of \(redirect.projectPath)")
        }
    }

    private func apply(_ group: WantedGroup) throws(PostgresError) {
        let key = group.fullPath.key
        guard var stored = namespaces.groups[key] else { return try create(group) }
        guard let visibility = group.entry?.visibility?.rawValue, visibility != stored.visibility else { return }
        stored.visibility = visibility
        stored.hasChanged = true
        namespaces.groups[key] = stored
        try connection.query("UPDATE groups SET visibility = \(visibility) WHERE id = \(stored.id)")
    }

    private func create(_ group: WantedGroup) throws(PostgresError) {
        let parent = group.fullPath.parent.flatMap { namespaces.groups[$0.key]?.id }
        let id = try newID(group.entry?.id, in: .groups)
        let visibility = group.entry?.visibility ?? .public
        try connection.query(
            """
            INSERT INTO groups (id, parent_id, visibility, created_at)
            VALUES (\(id), \(parent), \(visibility.rawValue), \(SQLTimestamp(microseconds: now)))
            """
        )
        try connection.query(
            """
            INSERT INTO routes (path_key, path, group_id)
            VALUES (\(group.fullPath.key), \(group.fullPath.text), \(id))
            """
        )
        namespaces.groups[group.fullPath.key] = Namespaces.Group(
            id: id,
            path: group.fullPath.text,
            visibility: visibility.rawValue,
            isNew: true
        )
        // Those of the document are counted when their lists have been applied.
        if group.entry == nil { summary.count(.group, isNew: true, hasChanged: false) }
    }
}
