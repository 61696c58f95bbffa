import Artifacts
import Postgres

extension ApplyRun {
    func applyProjects(_ document: ManifestDocument) throws(PostgresError) {
        let owners = try paths(ofIDs: document.projects.compactMap(\.id), column: "project_id")
        for entry in document.projects { check(entry, owners) }
        checkPreviousPaths(document)
        guard problems.problems.isEmpty else { return }
        let new = document.projects.filter { namespaces.projects[$0.fullPath.key] == nil }
        try reserve(new.compactMap(\.id), in: .projects)
        for entry in document.projects { try apply(entry) }
        for entry in document.projects { try applyPreviousPaths(entry) }
        try checkVisibility(document)
    }

    private func check(_ entry: ProjectEntry, _ owners: [Int64: String]) {
        let key = entry.fullPath.key
        let stored = namespaces.projects[key]
        checkID(entry.id, stored: stored?.id, owner: entry.id.flatMap { owners[$0] }, entry.path, entry.fullPath.text)
        if namespaces.groups[key] != nil {
            problems.report(entry.path["path"], "\(entry.fullPath.text) is a group")
        }
        if stored == nil, !entry.takesOver, let redirect = namespaces.redirects[key] {
            let sentence = "\(entry.fullPath.text) is a previous path of \(redirect.projectPath)"
            problems.report(entry.path["path"], "\(sentence); say take_over: true to take it")
        }
    }

    private func apply(_ entry: ProjectEntry) throws(PostgresError) {
        let key = entry.fullPath.key
        var row: ProjectRow
        if let stored = namespaces.projects[key] {
            row = stored
            row.take(entry)
            if row != stored {
                try update(row)
                namespaces.changedProjects.insert(row.id)
            }
        } else {
            row = ProjectRow(id: try newID(entry.id, in: .projects), fullPath: entry.fullPath)
            row.take(entry)
            try insert(row, entry.fullPath)
            namespaces.newProjects.insert(row.id)
        }
        namespaces.projects[key] = row
    }

    private func insert(_ row: ProjectRow, _ fullPath: FullPath) throws(PostgresError) {
        let group = fullPath.parent.flatMap { namespaces.groups[$0.key]?.id }
        try connection.query(
            """
            INSERT INTO projects (id, group_id, path, name, visibility, public_jobs, builds_access_level,
                                  keep_latest_artifact, archived, default_branch, job_token_inbound_enabled,
                                  job_token_outbound_enabled, created_at)
            VALUES (\(row.id), \(group), \(row.path), \(row.name), \(row.visibility), \(row.hasPublicJobs),
                    \(row.buildsAccessLevel), \(row.keepsLatestArtifact), \(row.isArchived), \(row.defaultBranch),
                    \(row.isInboundEnabled), \(row.isOutboundEnabled), \(SQLTimestamp(microseconds: now)))
            """
        )
        try connection.query(
            "INSERT INTO routes (path_key, path, project_id) VALUES (\(fullPath.key), \(row.path), \(row.id))"
        )
    }

    private func update(_ row: ProjectRow) throws(PostgresError) {
        try connection.query(
            """
            UPDATE projects SET name = \(row.name), visibility = \(row.visibility), public_jobs = \(row.hasPublicJobs),
                builds_access_level = \(row.buildsAccessLevel), keep_latest_artifact = \(row.keepsLatestArtifact),
                archived = \(row.isArchived), default_branch = \(row.defaultBranch),
                job_token_inbound_enabled = \(row.isInboundEnabled),
                job_token_outbound_enabled = \(row.isOutboundEnabled)
            WHERE id = \(row.id)
            """
        )
    }

    /// No project is more visible than any group above it, whichever of the two the document has changed.
    private func checkVisibility(_ document: ManifestDocument) throws(PostgresError) {
        let projects = document.projects.compactMap { namespaces.projects[$0.fullPath.key]?.id }
        let groups = document.groups.compactMap { namespaces.groups[$0.fullPath.key]?.id }
        let rows = try connection.query(
            """
            SELECT p.path, p.visibility, r.path, g.visibility
            FROM projects p JOIN groups g ON g.id = ANY (p.ancestor_ids) JOIN routes r ON r.group_id = g.id
            WHERE (p.id = ANY (\(projects)) OR p.ancestor_ids && \(groups))
              AND array_position(ARRAY['private', 'internal', 'public'], p.visibility)
                  > array_position(ARRAY['private', 'internal', 'public'], g.visibility)
            ORDER BY p.id, length(r.path) LIMIT \(ProblemList.limit)
            """
        )
        for row in rows {
            let (project, group) = (try row.text(0), try row.text(2))
            let sentence = "\(project) is \(try row.text(1)), its group \(group) only \(try row.text(3))"
            if let entry = document.projects.first(where: { $0.fullPath.key == FullPath.key(of: project) }) {
                problems.report(entry.path["visibility"], sentence)
            } else if let entry = document.groups.first(where: { $0.fullPath.key == FullPath.key(of: group) }) {
                problems.report(entry.path["visibility"], sentence)
            }
        }
    }
}
