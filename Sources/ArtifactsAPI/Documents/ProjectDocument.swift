internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics

/// A project as JSON: of GitLab's members those that this server knows.
struct ProjectDocument {
    let facts: ProjectFacts
    let record: ProjectRecord
    /// Whether memberships are told: the caller is signed in.
    let showsPermissions: Bool
    let showsStatistics: Bool
    let externalURL: String

    /// Writes the project as one value.
    ///
    /// - Parameter writer: Where it goes.
    func append(to writer: inout JSONWriter) {
        writer.object { writer in
            appendNames(&writer)
            appendURLs(&writer)
            appendNamespace(&writer)
            appendSettings(&writer)
            if showsPermissions { appendPermissions(&writer) }
            if showsStatistics { appendStatistics(&writer) }
        }
    }

    private func appendNames(_ writer: inout JSONWriter) {
        let segments = facts.path.split(separator: "/")
        writer.member("id", facts.id)
        writer.nullMember("description")
        writer.member("name", record.name)
        writer.member("name_with_namespace", (segments.dropLast() + [record.name[...]]).joined(separator: " / "))
        writer.member("path", segments.last.map(String.init) ?? facts.path)
        writer.member("path_with_namespace", facts.path)
        writer.member("created_at", time: record.createdAt)
        writer.member("default_branch", record.defaultBranch)
        for name: StaticString in ["tag_list", "topics"] {
            writer.key(name)
            writer.array { _ in }
        }
    }

    private func appendURLs(_ writer: inout JSONWriter) {
        writer.member("web_url", "\(externalURL)/\(facts.path)")
        writer.nullMember("avatar_url")
        writer.key("_links")
        writer.object { $0.member("self", "\(externalURL)/api/v4/projects/\(facts.id)") }
    }

    /// A project at the top has none: this server knows no namespaces of users.
    private func appendNamespace(_ writer: inout JSONWriter) {
        guard let group = record.group, let slash = facts.path.lastIndex(of: "/") else {
            return writer.nullMember("namespace")
        }
        let fullPath = String(facts.path[..<slash])
        let path = fullPath.split(separator: "/").last.map(String.init) ?? fullPath
        writer.key("namespace")
        writer.object { writer in
            writer.member("id", group.id)
            writer.member("name", path)
            writer.member("path", path)
            writer.member("kind", "group")
            writer.member("full_path", fullPath)
            writer.member("parent_id", group.parentID)
            writer.nullMember("avatar_url")
            writer.member("web_url", "\(externalURL)/groups/\(fullPath)")
        }
    }

    private func appendSettings(_ writer: inout JSONWriter) {
        writer.member("archived", facts.isArchived)
        writer.member("visibility", facts.visibility.rawValue)
        writer.member("jobs_enabled", facts.buildsAccessLevel != .disabled)
        writer.member("builds_access_level", facts.buildsAccessLevel.rawValue)
        writer.member("public_jobs", facts.publicJobs)
        writer.member("keep_latest_artifact", record.keepsLatestArtifact)
    }

    private func appendPermissions(_ writer: inout JSONWriter) {
        writer.key("permissions")
        writer.object { writer in
            Self.append("project_access", record.projectRole, &writer)
            Self.append("group_access", record.groupRole, &writer)
        }
    }

    private static func append(_ name: StaticString, _ role: Role?, _ writer: inout JSONWriter) {
        guard let role else { return writer.nullMember(name) }
        writer.key(name)
        writer.object { $0.member("access_level", Int64(role.rawValue)) }
    }

    /// Artifacts are all that this server stores.
    private func appendStatistics(_ writer: inout JSONWriter) {
        writer.key("statistics")
        writer.object { writer in
            writer.member("storage_size", record.artifactsSize)
            writer.member("job_artifacts_size", record.artifactsSize)
        }
    }
}
