import Artifacts
import Postgres

extension ApplyRun {
    /// Applies the complete lists of groups and projects, now that everything they may name is there, and counts both.
    func applyLists(_ document: ManifestDocument) throws(PostgresError) {
        for entry in document.groups {
            guard let group = namespaces.groups[entry.fullPath.key] else { continue }
            let listsChanged = try applyLists(entry.lists, of: .group(group.id))
            summary.count(.group, isNew: group.isNew, hasChanged: group.hasChanged || listsChanged)
        }
        for entry in document.projects {
            guard let project = namespaces.projects[entry.fullPath.key] else { continue }
            var hasChanged = namespaces.changedProjects.contains(project.id)
            hasChanged = try applyLists(entry.lists, of: .project(project.id)) || hasChanged
            hasChanged = try applyProtectedRefs(entry.protectedRefs, project.id) || hasChanged
            hasChanged = try applyAllowlist(entry.jobTokenScope?.inbound, .inbound, project.id) || hasChanged
            hasChanged = try applyAllowlist(entry.jobTokenScope?.outbound, .outbound, project.id) || hasChanged
            summary.count(.project, isNew: namespaces.newProjects.contains(project.id), hasChanged: hasChanged)
        }
    }

    private func applyLists(_ lists: AccessLists, of owner: Owner) throws(PostgresError) -> Bool {
        let membersChanged = try applyMembers(lists.members, of: owner)
        let invitationsChanged = try applyInvitations(lists.invitedGroups, of: owner)
        let tokensChanged = try applyTokens(lists.accessTokens, of: owner)
        return membersChanged || invitationsChanged || tokensChanged
    }

    private func applyProtectedRefs(_ entries: [ProtectedRefEntry]?, _ project: Int64) throws(PostgresError) -> Bool {
        guard let entries else { return false }
        var stored: [String: String] = [:]
        let rows = try connection.query(
            "SELECT name, push_access_level FROM protected_refs WHERE project_id = \(project)"
        )
        for row in rows { stored[try row.text(0)] = try row.text(1) }
        var hasChanged = false
        for entry in entries {
            let known = stored.removeValue(forKey: entry.name)
            let level = entry.pushAccessLevel?.rawValue ?? known ?? PushAccessLevel.maintainer.rawValue
            guard level != known else { continue }
            hasChanged = true
            try connection.query(
                """
                INSERT INTO protected_refs (project_id, name, push_access_level)
                VALUES (\(project), \(entry.name), \(level))
                ON CONFLICT (project_id, name) DO UPDATE SET push_access_level = excluded.push_access_level
                """
            )
        }
        guard !stored.isEmpty else { return hasChanged }
        let removed = stored.keys.sorted()
        try connection.query("DELETE FROM protected_refs WHERE project_id = \(project) AND name = ANY (\(removed))")
        summary.removed += removed.count
        return true
    }
}
