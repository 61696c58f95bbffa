import Artifacts
import Postgres

extension ApplyRun {
    /// A previous path is free, or another project's with `take_over`: by the project that takes it, on either side.
    func checkPreviousPaths(_ document: ManifestDocument) {
        let takers = Set(document.projects.filter(\.takesOver).map(\.fullPath.key))
        let live = Set(document.projects.map(\.fullPath.key))
        for entry in document.projects {
            let project = namespaces.projects[entry.fullPath.key]
            for (path, fullPath) in entry.previousPaths ?? [] {
                let key = fullPath.key
                if let redirect = namespaces.redirects[key], redirect.projectID == project?.id { continue }
                if key == entry.fullPath.key {
                    problems.report(path, "\(fullPath.text) is the path that the project has now")
                } else if namespaces.groups[key] != nil {
                    problems.report(path, "\(fullPath.text) is a group")
                } else if live.contains(key) || namespaces.projects[key] != nil {
                    guard !takers.contains(key) else { continue }
                    problems.report(path, "\(fullPath.text) is a project, which does not say take_over: true")
                } else if let redirect = namespaces.redirects[key], !entry.takesOver {
                    let sentence = "\(fullPath.text) is a previous path of \(redirect.projectPath)"
                    problems.report(path, "\(sentence); say take_over: true to take it")
                }
            }
        }
    }

    func applyPreviousPaths(_ entry: ProjectEntry) throws(PostgresError) {
        guard let previousPaths = entry.previousPaths, let project = namespaces.projects[entry.fullPath.key] else {
            return
        }
        let listed = Set(previousPaths.map(\.fullPath.key))
        let stored = namespaces.redirects.filter { $0.value.projectID == project.id }
        let removed = stored.keys.filter { !listed.contains($0) }.sorted()
        if !removed.isEmpty {
            try connection.query("DELETE FROM redirect_routes WHERE path_key = ANY (\(removed))")
            for key in removed { namespaces.redirects[key] = nil }
            summary.removed += removed.count
        }
        let added = previousPaths.map(\.fullPath).filter { stored[$0.key] == nil }
        for path in added {
            try connection.query(
                """
                INSERT INTO redirect_routes (path_key, path, project_id)
                VALUES (\(path.key), \(path.text), \(project.id))
                ON CONFLICT (path_key) DO UPDATE SET project_id = excluded.project_id, path = excluded.path
                """
            )
            namespaces.redirects[path.key] = Namespaces.Redirect(
                path: path.text,
                projectID: project.id,
                projectPath: project.path
            )
        }
        if !removed.isEmpty || !added.isEmpty { namespaces.changedProjects.insert(project.id) }
    }
}
