import Artifacts
import Postgres

/// The groups and projects that the document declares or names, by the key of their path.
struct Namespaces {
    /// A stored group.
    struct Group {
        let id: Int64
        let path: String
        var visibility: String
        var isNew = false
        var hasChanged = false
    }

    /// A previous path of a project.
    struct Redirect {
        let path: String
        var projectID: Int64
        let projectPath: String
    }

    var groups: [String: Group] = [:]
    var projects: [String: ProjectRow] = [:]
    var redirects: [String: Redirect] = [:]
    /// Projects as they were before this run.
    var storedProjects: [Int64: ProjectRow] = [:]
    var changedProjects: Set<Int64> = []
    var newProjects: Set<Int64> = []
}

extension ApplyRun {
    /// Loads whatever has one of the paths that the document mentions.
    func loadNamespaces(_ document: ManifestDocument) throws(PostgresError) {
        let keys = document.pathKeys.sorted()
        let groups = try connection.query(
            """
            SELECT r.path_key, g.id, r.path, g.visibility FROM routes r JOIN groups g ON g.id = r.group_id
            WHERE r.path_key = ANY (\(keys))
            """
        )
        for row in groups {
            namespaces.groups[try row.text(0)] = Namespaces.Group(
                id: try row.int64(1),
                path: try row.text(2),
                visibility: try row.text(3)
            )
        }
        // The projects' rows are locked before those of their pipelines, as every event does that changes locks.
        let projects = try connection.query(
            """
            SELECT r.path_key, \(ProjectRow.columns) FROM routes r JOIN projects p ON p.id = r.project_id
            WHERE r.path_key = ANY (\(keys)) ORDER BY p.id FOR NO KEY UPDATE OF p
            """
        )
        for row in projects {
            let project = try ProjectRow(row)
            namespaces.projects[try row.text(0)] = project
            namespaces.storedProjects[project.id] = project
        }
        try loadRedirects(document, keys)
    }

    private func loadRedirects(_ document: ManifestDocument, _ keys: [String]) throws(PostgresError) {
        let listed = document.projects.filter { $0.previousPaths != nil }
        let ids = listed.compactMap { namespaces.projects[$0.fullPath.key]?.id }
        let rows = try connection.query(
            """
            SELECT d.path_key, d.path, d.project_id, p.path FROM redirect_routes d
            JOIN projects p ON p.id = d.project_id
            WHERE d.path_key = ANY (\(keys)) OR d.project_id = ANY (\(ids))
            """
        )
        for row in rows {
            namespaces.redirects[try row.text(0)] = Namespaces.Redirect(
                path: try row.text(1),
                projectID: try row.int64(2),
                projectPath: try row.text(3)
            )
        }
    }

    /// Reports an id that is given for a path which exists with another one, or that belongs to another path.
    func checkID(_ id: Int64?, stored: Int64?, owner: String?, _ path: DocumentPath, _ shown: String) {
        guard let id else { return }
        if let stored {
            if stored != id { problems.report(path["id"], "\(shown) exists with the id \(stored)") }
        } else if let owner {
            problems.report(path["id"], "\(id) is the id of \(owner)")
        }
    }

    /// The paths of the groups or projects that have some ids.
    func paths(ofIDs ids: [Int64], column: String) throws(PostgresError) -> [Int64: String] {
        var paths: [Int64: String] = [:]
        let rows = try connection.query(
            """
            SELECT \(unescaped: column), path FROM routes WHERE \(unescaped: column) = ANY (\(ids))
            """
        )
        for row in rows { paths[try row.int64(0)] = try row.text(1) }
        return paths
    }
}

extension FullPath {
    /// The groups above, the highest first.
    var ancestors: [FullPath] {
        var line: [FullPath] = []
        var next = parent
        while let path = next {
            line.append(path)
            next = path.parent
        }
        return line.reversed()
    }
}

extension ManifestDocument {
    /// The keys of all paths that stand anywhere in the document, parents included.
    fileprivate var pathKeys: Set<String> {
        var keys: Set<String> = []
        func add(_ path: FullPath) {
            keys.insert(path.key)
            for ancestor in path.ancestors { keys.insert(ancestor.key) }
        }
        for group in groups {
            add(group.fullPath)
            for invited in group.lists.invitedGroups ?? [] { keys.insert(invited.group.key) }
        }
        for project in projects {
            add(project.fullPath)
            keys.formUnion(project.mentionedPaths.map(\.key))
        }
        return keys
    }
}

extension ProjectEntry {
    /// The other paths that stand in the entry.
    fileprivate var mentionedPaths: [FullPath] {
        var paths = (previousPaths ?? []).map(\.fullPath) + (lists.invitedGroups ?? []).map(\.group)
        for entry in (jobTokenScope?.inbound ?? []) + (jobTokenScope?.outbound ?? []) {
            switch entry.target {
            case .project(let path), .group(let path): paths.append(path)
            }
        }
        return paths + pipelines.compactMap { $0.parent.flatMap(PipelineReference.init)?.project }
    }
}
