import Artifacts
import Postgres

extension ApplyRun {
    /// Whom an entry of an allowlist lets through.
    private enum Target: Hashable {
        case project(Int64)
        case group(Int64)

        var projectID: Int64? { if case .project(let id) = self { id } else { nil } }
        var groupID: Int64? { if case .group(let id) = self { id } else { nil } }
    }

    /// Makes one of a project's allowlists what a list says.
    ///
    /// - Returns: Whether anything changed.
    func applyAllowlist(
        _ entries: [AllowlistEntry]?,
        _ direction: AllowlistEntry.Direction,
        _ project: Int64
    ) throws(PostgresError) -> Bool {
        guard let entries else { return false }
        var stored = try loadAllowlist(direction, project)
        let count = stored.count
        var added: [(Target, [String]?)] = []
        var kept = 0
        for entry in entries {
            guard let target = target(of: entry) else { continue }
            if let policies = stored[target] {
                stored[target] = nil
                kept += 1
                if policies == entry.policies { continue }
                try delete([target], direction, project)
            }
            added.append((target, entry.policies))
        }
        guard problems.problems.isEmpty else { return false }
        try delete(Array(stored.keys), direction, project)
        for (target, policies) in added {
            try connection.query(
                """
                INSERT INTO job_token_allowlist (project_id, direction, allowed_project_id, allowed_group_id, policies)
                VALUES (\(project), \(direction.rawValue), \(target.projectID), \(target.groupID),
                        \(policies.map(\.bind) ?? .null(.textArray)))
                """
            )
        }
        summary.removed += count - kept
        return !added.isEmpty || !stored.isEmpty
    }

    private func target(of entry: AllowlistEntry) -> Target? {
        switch entry.target {
        case .project(let path):
            if let project = namespaces.projects[path.key] { return .project(project.id) }
            problems.report(entry.path["project"], "no such project: \(path.text)")
        case .group(let path):
            if let group = namespaces.groups[path.key] { return .group(group.id) }
            problems.report(entry.path["group"], "no such group: \(path.text)")
        }
        return nil
    }

    private func loadAllowlist(
        _ direction: AllowlistEntry.Direction,
        _ project: Int64
    ) throws(PostgresError) -> [Target: [String]?] {
        let rows = try connection.query(
            """
            SELECT allowed_project_id, allowed_group_id, policies FROM job_token_allowlist
            WHERE project_id = \(project) AND direction = \(direction.rawValue)
            """
        )
        var entries: [Target: [String]?] = [:]
        for row in rows {
            let (project, group) = (try row.optionalInt64(0), try row.optionalInt64(1))
            guard let target = project.map(Target.project) ?? group.map(Target.group) else { continue }
            entries.updateValue(try row.optionalTextArray(2)?.compactMap(\.self), forKey: target)
        }
        return entries
    }

    private func delete(
        _ targets: [Target],
        _ direction: AllowlistEntry.Direction,
        _ project: Int64
    ) throws(PostgresError) {
        guard !targets.isEmpty else { return }
        try connection.query(
            """
            DELETE FROM job_token_allowlist WHERE project_id = \(project) AND direction = \(direction.rawValue)
              AND (allowed_project_id = ANY (\(targets.compactMap(\.projectID)))
                   OR allowed_group_id = ANY (\(targets.compactMap(\.groupID))))
            """
        )
    }
}
